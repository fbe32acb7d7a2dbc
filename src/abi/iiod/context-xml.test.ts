import { expect, test } from 'vitest';
import { SysError } from '../../base/errno.js';
import { type Attribute, SysfsDir } from '../../core/sysfs.js';
import { contextXml } from './context-xml.js';
import { readModel } from './model.js';

const file = (name: string, text: string): Attribute => ({ name, mode: 0o444, show: () => text });

/** A device with one channel of this scale and type; the document between its tags. */
async function documentOf(scale: string | undefined, type: string, name = 'x\n'): Promise<string> {
  const [dir, scan] = [new SysfsDir('iio:device0'), new SysfsDir('scan_elements')];
  const failing: Attribute = {
    ...file('in_voltage0_scale', ''),
    show: () => {
      throw new SysError('EIO', 'no answer');
    },
  };
  dir.addGroup([file('name', name), scale === undefined ? failing : file('in_voltage0_scale', scale)]);
  scan.addGroup([file('in_voltage0_index', '0\n'), file('in_voltage0_type', `${type}\n`)]);
  dir.addDir(scan);
  const model = await readModel({ id: 'iio:device0', dir });
  return contextXml({ description: 'a "b"', attributes: [['c,d', '<&>']] }, [model]);
}

const elementOf = (xml: string): string => /<scan-element .*?\/>/.exec(xml)?.[0] ?? 'none';

// As iio_genxml of libiio 0.24 printed them for plain files with these texts.
test.each([
  ['8.000000\n', 'be:s13/16>>3', '<scan-element index="0" format="be:s13/16&gt;&gt;3" scale="8.000000" />'],
  ['0.0078125\n', 'le:u12/16>>4', '<scan-element index="0" format="le:u12/16&gt;&gt;4" scale="0.007812" />'],
  [
    '123456789.123\n',
    'le:s64/64>>0',
    '<scan-element index="0" format="le:S64/64&gt;&gt;0" scale="123456792.000000" />',
  ],
  ['1e3\n', 'le:u8/8X3>>0', '<scan-element index="0" format="le:U8/8X3&gt;&gt;0" scale="1000.000000" />'],
  ['abc\n', 'be:S16/16>>0', '<scan-element index="0" format="be:S16/16&gt;&gt;0" />'],
  [undefined, 'le:U24/32>>8', '<scan-element index="0" format="le:U24/32&gt;&gt;8" />'],
])('a channel with scale %j and type %s', async (scale, type, element) => {
  expect(elementOf(await documentOf(scale, type))).toBe(element);
});

test('a type that nobody understands makes no scan element', async () => {
  expect(elementOf(await documentOf('1\n', 'three'))).toBe('none');
});

test('texts are escaped, and control characters, which XML cannot have, replaced', async () => {
  const xml = await documentOf('1\n', 'three', `<a & 'b' "c"> \x01 µ\n`);
  const devices = xml.slice(xml.indexOf('<context '), xml.indexOf('<channel '));
  expect(devices).toBe(
    '<context name="bringup" version-major="0" version-minor="24" version-git="v0.24" description="a &quot;b&quot;" >' +
      '<context-attribute name="c,d" value="&lt;&amp;&gt;" />' +
      '<device id="iio:device0" name="&lt;a &amp; &apos;b&apos; &quot;c&quot;&gt; \ufffd µ" >',
  );
});
