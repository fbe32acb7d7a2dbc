// What HELP answers.

/** One line for every command. */
export const HELP: string = [
  'HELP: this text',
  'EXIT: ends the session',
  'VERSION: the version of libiio whose words these are',
  'PRINT: length and text of the XML document that describes all devices',
  'TIMEOUT ms: how long READBUF may wait; 0 is for ever',
  'READ device [attribute]: length and value of an attribute, or of all packed into one',
  'READ device BUFFER|DEBUG [attribute]',
  'READ device INPUT|OUTPUT channel [attribute]',
  'WRITE device [BUFFER|DEBUG|INPUT channel|OUTPUT channel] [attribute] bytes: then the value itself',
  'GETTRIG device: length and name of the trigger',
  'SETTRIG device [trigger]',
  'SET device BUFFERS_COUNT count: the next buffer holds that many times the samples',
  'OPEN device samples mask: opens a buffer for the channels of the mask',
  'READBUF device bytes: scans of the buffer; each part with its length, the first one with the mask',
  'WRITEBUF device bytes: then the scans themselves',
  'CLOSE device',
  '',
].join('\n');
