// Table of everything that the rules about GCE programs say. A key is the rule, and a word where it says it in several
// ways; `{name}` stands for a value. The third part says what to do.
import type { Message } from '../../dt/message.js';

/** The code of an entry is `cmdq/lint/` and the first word of its key. */
export const LINT_MESSAGES = {
  'misaligned-length': [
    'error',
    '{count} bytes behind the last instruction are no whole instruction: END_ADDR is never met, and the thread runs ' +
      'on.',
    'Give the program a length that is a multiple of 8; look whether the dump was cut off.',
  ],
  'misaligned-base': [
    'error',
    'The program begins at {base}, which is no multiple of 8: the engine cannot fetch from there.',
    'Put the buffer at a multiple of 8.',
  ],
  'invalid-opcode': [
    'error',
    'No operation has the number {op}: the thread stops here with an invalid-instruction interrupt.',
    'Look where this word comes from: halves exchanged, a field that is too wide, or data in place of code.',
  ],
  'invalid-opcode empty': [
    'error',
    '{count} words of zeros from here on are no instructions: the thread stops here with an invalid-instruction ' +
      'interrupt.',
    'End the program (END_ADDR) behind the last instruction that was written; look for a hole in the dump.',
  ],
  'invalid-opcode marker': [
    'error',
    'Operation {op} is a mark of the builder in MediaTek kernels, which the engine does not know: the thread stops ' +
      'here.',
    'Let the builder replace its marks before the program is sent.',
  ],
  'invalid-operator': [
    'error',
    '{what} {number} does not exist: the thread stops here with an invalid-instruction interrupt.',
    'Use {known}.',
  ],
  'odd-encoding': [
    'warning',
    'Bits are set that mean nothing in this operation: {word}. Some field was wider than its place.',
    'Cut subsystem (5 bits), offset (16) and register to their places before they are put together.',
  ],
  'odd-offset': [
    'error',
    'The offset is odd, which switches the mask on, and no MASK comes before on {way}: ' +
      'the access uses whatever mask an earlier program left.',
    'Write an even offset for a plain access, or put a MASK in front of it.',
  ],
  'odd-offset reused': [
    'warning',
    'The offset is odd, which switches the mask on: the access uses the mask of an earlier access once more.',
    'Write an even offset for a plain access, or a MASK of its own in front of it.',
  ],
  'odd-offset ignored': [
    'warning',
    'The address is odd; bit 0 means nothing in this operation, and the access goes to {address}.',
    'Write an even address; for the mask use WRITE_S_MASK.',
  ],
  'unaligned-offset': [
    'warning',
    'Offset {offset} is no multiple of 4: the engine ignores bit 1, and the access goes to {even}.',
    'Write the offset of the register.',
  ],
  'mask-unset': [
    'error',
    'This masked access has no MASK before it on {way}: it uses whatever mask an earlier program left.',
    'Put a MASK in front of it, with the bits inverted.',
  ],
  'dangling-mask': [
    'warning',
    'No access uses this mask: {why}.',
    'Make the access that it is for a masked one, or remove the MASK.',
  ],
  'dangling-mask even': [
    'warning',
    'No access uses this mask: the offset of the access behind it is even, so that all 32 bits are {done}.',
    'Set bit 0 of the offset ({offset}), or remove the MASK.',
  ],
  'masked-status': [
    'warning',
    'Masked write to {register}, where a bit is cleared by writing 1: the engine reads it and writes back what the ' +
      'mask ' +
      'protects, and so clears all bits that were set.',
    'Write it whole, with 1 in the bits to clear and 0 in all others.',
  ],
  'masked-status zero': [
    'warning',
    'Masked write to {register}, where a bit is cleared by writing 0: the engine reads it and writes back what the ' +
      'mask ' +
      'protects, and so clears bits that were set in between.',
    'Write it whole, with 0 in the bits to clear and 1 in all others.',
  ],
  'unknown-subsystem': [
    'error',
    'Subsystem {subsys} has no window on {soc}: the access goes nowhere.',
    'Take the subsystem from the address ({soc} has {known}), or use WRITE_S with the address in a register.',
  ],
  'unknown-subsystem none': [
    'error',
    '99 stands in place of the subsystem, the mark of the bindings for a block without one; it spills into other bits.',
    'Put the upper half of the address into a register, and use WRITE_S.',
  ],
  'window-overflow': [
    'warning',
    'No block of the tree has {address}; it is {by} bytes behind the end of {module} ({size} bytes).',
    'Check base and offset: their sum has left the block.',
  ],
  'window-overflow hole': [
    'warning',
    'No block of the tree has {address}, nor does one come before it in its window.',
    'Check the subsystem, and base and offset.',
  ],
  'window-overflow wrap': [
    'warning',
    'The offsets run over the end of the window: behind 0xfffc comes 0x0000 of the same subsystem {subsys}, not the ' +
      'next window.',
    'Take the subsystem of each register from its whole address; a carry is not added to it.',
  ],
  'disabled-block': [
    'warning',
    'The tree disables {module}: its clocks may be off, and an access hangs or is lost.',
    'Enable it (status = "okay"), or leave the access out.',
  ],
  'event-range': ['error', 'Event {id} does not exist: ids end at 1023.', 'Write the id of an event of {soc}.'],
  'event-range last': [
    'warning',
    'Event 1023 is the last that the engine has, and Linux refuses it (0 to 1022).',
    'Write the id of an event of {soc}.',
  ],
  'event-range token': [
    'warning',
    'Nothing raises event {id}: on {soc} ids from 512 on are tokens of software, and this one has no name.',
    'Write the id of an event of {soc}, or see that some program sets it.',
  ],
  'unknown-event': [
    'note',
    'The bindings of {soc} name no event {id}.',
    'Check the id: numbers are of one SoC, the same event has another elsewhere.',
  ],
  'wait-without-clear': [
    'warning',
    'The wait for {event} is not preceded by a clear on {way}: an event that was left set by an earlier frame lets ' +
      'it ' +
      'pass at once.',
    'Clear {event} before, where the time that matters begins.',
  ],
  'wait-without-clear raised': [
    'warning',
    'The wait for {event} passes at once: {why} and nothing clears it in between.',
    'Clear {event} before, or wait with clearing.',
  ],
  poll: [
    'warning',
    'While this register is polled no thread of the engine runs; if it never has the value, all hang, and the thread ' +
      'cannot be suspended.',
    'Wait for an event of the block; or read, compare and loop (READ_S, LOGIC, JUMP_C) with a limit.',
  ],
  'missing-eoc': [
    'error',
    'The program ends without EOC: no interrupt tells that it is done, and its client waits for ever.',
    'Put EOC with its interrupt in front of the closing JUMP.',
  ],
  'missing-eoc way': [
    'error',
    'One way to the end passes no EOC with an interrupt: it leaves from here, and the client waits for ever.',
    'Let all ways meet in front of the EOC.',
  ],
  'missing-eoc silent': [
    'error',
    'No EOC of the program raises the interrupt: nothing tells that it is done, and its client waits for ever.',
    'Set bit 0 of the operand of EOC.',
  ],
  'missing-eoc chained': [
    'warning',
    'The program leaves by an absolute jump, and has no EOC in front of it: if a second packet was chained to it, ' +
      'its ' +
      'EOC was overwritten.',
    'End packets with EOC and JUMP, of which chaining overwrites the JUMP.',
  ],
  'eoc-without-jump': [
    'note',
    'EOC is the last instruction. A driver that chains a packet to this one overwrites it: the end is told no more.',
    'Put JUMP to the next instruction behind it, or queue one packet at a time as the display driver of Linux does.',
  ],
  'eoc-without-jump chained': [
    'error',
    'EOC is the last instruction of a program that is chained: the jump to the next packet overwrites it, and the ' +
      'end ' +
      'is told no more.',
    'Put JUMP to the next instruction behind it.',
  ],
  'work-after-eoc': [
    'warning',
    'EOC does not end the program, and no EOC follows: when its interrupt is handled here, the driver takes the ' +
      'packet ' +
      'for unfinished, and nothing tells it later.',
    'Put EOC behind all other instructions, with nothing but the closing JUMP after it.',
  ],
  'unreachable-code': [
    'warning',
    'Never reached: {count} from here on.',
    'Remove them, or correct the jump before them.',
  ],
  'jump-outside': [
    'error',
    'The jump goes {bytes} bytes, to offset {target} outside of the program (0 to {end}): the engine does not ' +
      'notice, ' +
      'and runs what is there.',
    'Jump inside of the program, or to its end.',
  ],
  'jump-outside unit': [
    'error',
    'The jump goes {bytes} bytes, to offset {target} outside of the program: on {soc} its operand counts units of 8 ' +
      'bytes.',
    'Write {operand}: distance in bytes, shifted right by 3.',
  ],
  'jump-outside absolute': [
    'warning',
    'The jump leaves the program for address {target}, in the middle of it.',
    'Jump inside of the program; only the last instruction leads to the next buffer.',
  ],
  'jump-misaligned': [
    'error',
    'The jump goes {bytes} bytes, which is no whole number of instructions.',
    'Jump in steps of 8 bytes.',
  ],
  'jump-misaligned unit': [
    'error',
    'The jump goes {bytes} bytes, which is no whole number of instructions: {soc} counts bytes, and not units of 8.',
    'Write {operand}: the distance in bytes, not shifted.',
  ],
  'negative-jump-shift': [
    'error',
    'The jump was meant to go {meant} bytes, but the sign was lost when the distance was shifted: it goes 2^32 bytes ' +
      'further, to {target}.',
    'Write {operand}: shift with the sign. cmdq_pkt_jump_rel of Linux does not.',
  ],
  'endless-loop': [
    'error',
    'No way leads from here to the end, and no wait is on the way: the thread runs in circles, and takes the engine ' +
      'from ' +
      'all threads of its priority and below.',
    'Give the loop a way out, or a wait for an event.',
  ],
  'register-unset': [
    'error',
    '{register} is used as {what}, and nothing sets it before on {way}: it has what the reset or an earlier program ' +
      'left.',
    'Assign it first.',
  ],
  'register-unset value': [
    'warning',
    '{register} is used as {what}, and nothing sets it before on {way}: it has what the reset or an earlier program ' +
      'left.',
    'Assign it first.',
  ],
  'register-unset shared': [
    'warning',
    '{register} is used as {what}, and nothing sets it before on {way}; all threads share it.',
    'Assign it first, or see that whoever sets it does so before.',
  ],
  blanking: [
    'warning',
    'From {from} on it takes about {took} to come here, longer than the blanking of {limit}{default}: the rest is ' +
      'seen.',
    'Shorten the program, or split it over frames.',
  ],
  'guessed-shift': [
    'note',
    'The SoC is not known; jumps were taken to count units of 8 bytes, as one of them goes by one.',
    'Give --soc or --tree.',
  ],
  'unused-end': [
    'note',
    '{count} bytes of zeros behind {end} were taken for unused room of the buffer.',
    'See that END_ADDR is the start plus {end}.',
  ],
  'too-tangled': [
    'note',
    'The program has too many jumps to be followed; waits, masks and registers were not looked at.',
    'Give one packet at a time.',
  ],
  more: ['note', '{count} more findings of {rule} are not shown.', 'Correct the first ones.'],
} as const satisfies Readonly<Record<string, Message>>;

/** Key of the table. */
export type LintKey = keyof typeof LINT_MESSAGES;
