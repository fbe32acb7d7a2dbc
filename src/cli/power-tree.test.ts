import { expect, test } from 'vitest';
import { decompile } from '../dt/decompile.js';
import { monitorTree } from './power-tree.js';

test('a monitor on a real bus is described as a board file would', () => {
  const shunts = [5000, 10_000, undefined];
  const tree = monitorTree({ path: '/dev/i2c-12', address: 0x41, shunts, labels: ['VDD_IN', '', 'NC'] });
  expect(decompile(tree)).toBe(`/dts-v1/;

/ {
	#address-cells = <0x01>;
	#size-cells = <0x00>;

	aliases {
		i2c12 = "/i2c@c";
	};

	i2c@c {
		compatible = "bringup,i2c-dev";
		reg = <0x0c>;
		#address-cells = <0x01>;
		#size-cells = <0x00>;

		power@41 {
			compatible = "ti,ina3221";
			reg = <0x41>;
			#address-cells = <0x01>;
			#size-cells = <0x00>;

			input@0 {
				reg = <0x00>;
				shunt-resistor-micro-ohms = <0x1388>;
				label = "VDD_IN";
			};

			input@1 {
				reg = <0x01>;
				shunt-resistor-micro-ohms = <0x2710>;
			};

			input@2 {
				reg = <0x02>;
				status = "disabled";
				label = "NC";
			};
		};
	};
};
`);
});
