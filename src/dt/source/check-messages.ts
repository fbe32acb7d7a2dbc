// Everything that the checks can find, in our words. How bad it is depends on the check, which -W and -E may change.

/** The table: what is wrong, what to do. The code of a finding is `dt/check/` and dtc's name of the check. */
export const CHECK_MESSAGES = {
  alwaysFail: ['this check always fails; it exists for testing', 'do not switch it on'],
  duplicateNode: [
    "a second child of this parent is named '{name}'",
    'rename one of them, or extend the first by its label',
  ],
  duplicateProperty: ["the property '{name}' is defined twice in one body", 'remove one of them'],
  nodeChar: ["the character '{char}' is not allowed in a node name", 'use letters, digits and , . _ + -'],
  nodeCharStrict: ["the character '{char}' is better avoided in a node name", 'use letters, digits, comma and -'],
  propertyChar: ["the character '{char}' is not allowed in a property name", 'use letters, digits and , . _ + * # ? -'],
  propertyCharStrict: [
    "the character '{char}' is better avoided in a property name",
    'use letters, digits, comma and -',
  ],
  manyAts: ["a node name has at most one '@'", 'keep the @ in front of the unit address only'],
  nodeAndProperty: ["the parent also has a property named '{name}'", 'rename one of them'],
  notString: ["'{name}' must be one string", 'write one string in quotes'],
  notStringList: ["'{name}' must be a list of strings", 'write strings in quotes, separated by commas'],
  notCell: ["'{name}' must be one 32-bit cell, it has {length} bytes", 'write one cell: <1>'],
  wrongName: [
    'the property "name" says "{value}", not the name of the node',
    'remove the property: the name of the node stands in its place',
  ],
  duplicateLabel: ["label '{label}' on {here} is already on {there}", 'rename one of the labels'],
  phandleLength: [
    "'{name}' must be one 32-bit cell, it has {length} bytes",
    'remove the property: the compiler adds it',
  ],
  phandleOther: [
    "'{name}' refers to another node; a node's own number cannot be that of another",
    'remove the property: the compiler adds it',
  ],
  phandleValue: [
    "'{name}' cannot be {value}: 0 and 0xffffffff are reserved",
    'use another number, or leave the property out',
  ],
  phandleMismatch: ["'phandle' and 'linux,phandle' have different values", 'remove linux,phandle'],
  phandleDuplicate: [
    'phandle {value} is already that of {other}',
    'remove the number: the compiler gives one that is free',
  ],
  noTarget: ["there is no node or label '{ref}'", 'correct the label or path, or include the file that defines it'],
  rootReg: ["the root node cannot have '{name}'", 'remove it'],
  emptyProperty: ["'{name}' is empty", 'give it a value, or remove it'],
  regLength: [
    "'{name}' has {length} bytes, which is no multiple of an entry (#address-cells {address} + #size-cells {size})",
    'write as many cells as the parent asks for, or correct its #address-cells and #size-cells',
  ],
  rangesLength: [
    "'{name}' has {length} bytes, no multiple of an entry (#address-cells {parent} above, {address} here; size {size})",
    'write whole rows: child address, parent address, size',
  ],
  rangesEmptyAddress: [
    "'{name}' is empty, but #address-cells is {own} here and {other} in {parent}",
    'use the same count in both, or write the ranges out',
  ],
  rangesEmptySize: [
    "'{name}' is empty, but #size-cells is {own} here and {other} in {parent}",
    'use the same count in both, or write the ranges out',
  ],
  noUnitAddress: [
    "the node has 'reg' or 'ranges' but no unit address in its name",
    "add @ and the first address of 'reg' to the name",
  ],
  noReg: [
    "the node has a unit address in its name but neither 'reg' nor 'ranges'",
    "add 'reg', or take the @ and what follows away",
  ],
  unit0x: ['a unit address has no "0x" in front', 'take the 0x away'],
  unitZeros: ['a unit address has no leading zeros', 'take the zeros away'],
  pciName: ["a PCI bridge is named 'pci' or 'pcie'", "rename the node to 'pcie@…'"],
  pciNoRanges: ["a PCI bridge needs 'ranges'", "add 'ranges'"],
  busAddressCells: ['#address-cells of a {bus} bus must be {value}', 'write that value'],
  busSizeCells: ['#size-cells of a {bus} bus must be {value}', 'write that value'],
  busRangeLength: ["'bus-range' must have two cells", 'write bus-range = <first last>'],
  busRangeOrder: ['the first bus number must not be greater than the last', 'swap the two cells'],
  busRangeMax: ['bus numbers end at 255', 'use 0 to 255'],
  pciBusNumber: [
    'bus number {value} is outside {first} to {last}',
    "correct the bus number in 'reg', or the bus-range of the parent",
  ],
  pciRegRest: ["cells 2 and 3 of a PCI device's address must be 0", 'write 0 in both'],
  pciRegSpace: [
    "a PCI device's address must lie in configuration space",
    'write 0 in bits 25 and 24 of the first cell',
  ],
  pciRegRegister: [
    "the register number in a PCI device's address must be 0",
    'write 0 in the lowest byte of the first cell',
  ],
  unitAddress: ["by 'reg' the unit address of this {bus} node must be '{expected}'", 'rename the node, or correct reg'],
  missingReg: ["'reg' or 'ranges' is missing or empty", "add 'reg' or 'ranges'"],
  missingBusReg: ["'reg' is missing or empty", "add 'reg'"],
  i2cTenBits: ['the ten-bit I2C address {value} is greater than 0x3ff', 'use an address up to 0x3ff'],
  i2cSevenBits: [
    'the I2C address {value} is greater than 0x7f; ten-bit addresses need bit 31 (I2C_TEN_BIT_ADDRESS)',
    'use an address up to 0x7f, or set bit 31 for ten bits',
  ],
  spiName: ["an SPI bus is named 'spi'", "rename the node to 'spi@…'"],
  defaultAddressCells: [
    'the parent has no #address-cells; the default is better not relied on',
    'write #address-cells in the parent',
  ],
  defaultSizeCells: [
    'the parent has no #size-cells; the default is better not relied on',
    'write #size-cells in the parent',
  ],
  unnecessaryCells: [
    "#address-cells and #size-cells serve nothing: no 'ranges' here, no 'reg' in a child",
    'remove both',
  ],
  sameUnitAddress: [
    'the unit address is also that of {other}',
    'rename one of them; if only one is there at a time, disable the others',
  ],
  obsoleteChosen: ["'interrupt-controller' in /chosen is obsolete", 'remove it'],
  chosenPlace: ["'chosen' belongs to the root", 'move the node to the root'],
  stdoutPath: ["use 'stdout-path' instead of 'linux,stdout-path'", 'rename the property'],
  wholeCells: ["'{name}' has {length} bytes, which are no whole cells", 'write whole cells'],
  notReference: ["cell {cell} of '{name}' should be a reference to a node", 'write &label there instead of a number'],
  noPhandleNode: ["no node has the phandle in cell {cell} of '{name}'", 'refer to a node with &label'],
  noCellsProperty: [
    "'{cells}' is missing in {provider}, to which cell {cell} of '{name}' points",
    'add it to the provider, or refer to another node',
  ],
  tooFewCells: [
    "'{name}' has {length} bytes, too short for the {cells} cells that its provider asks for",
    'write as many cells behind the reference as the provider asks for',
  ],
  deprecatedGpio: [
    "'{name}': names ending in 'gpio' are deprecated, use 'gpios'",
    "rename it; the driver's binding says whether it knows the new name",
  ],
  interruptParentInvalid: ["'interrupt-parent' is no valid phandle", 'write <&label>'],
  interruptParentBad: ["no node has the phandle in 'interrupt-parent'", 'write the label of an interrupt controller'],
  notInterruptProvider: [
    "the node is an interrupt parent but has neither 'interrupt-controller' nor 'interrupt-map'",
    "add 'interrupt-controller' there, or refer to another node",
  ],
  noInterruptParent: [
    "the node has 'interrupts' but no interrupt parent",
    "add 'interrupt-parent' to the node or above",
  ],
  interruptLength: [
    "'interrupts' of {user} has {length} bytes, no multiple of the {expected} that this controller asks for",
    "write as many cells per interrupt as the controller's #interrupt-cells says",
  ],
  providerMisses: ["'{name}' is missing in an interrupt provider", 'add it'],
  aliasPath: ["'{value}' is not the path of a node", 'write &label or the full path of a node'],
  aliasName: ["the name of an alias has lower case letters, digits and '-' only: '{name}'", 'rename the alias'],
  graphReg: ["'reg' of a graph node must be one cell", 'write one cell'],
  graphAddressCells: ['#address-cells of the parent of a graph node is {value}, must be 1', 'write 1'],
  graphSizeCells: ['#size-cells of the parent of a graph node is {value}, must be 0', 'write 0'],
  graphPortName: ["a graph port is named 'port'", "rename the node to 'port' or 'port@N'"],
  graphEndpointName: ["a graph endpoint is named 'endpoint'", "rename the node to 'endpoint' or 'endpoint@N'"],
  graphPhandle: ["no node has the phandle in 'remote-endpoint'", 'write <&label> of the other endpoint'],
  graphOneSided: [
    '{other}, the other end of this connection, does not point back',
    "add 'remote-endpoint' at the other end",
  ],
  graphSingleChild: [
    "'{child}' is the only child, so #address-cells and #size-cells are not needed",
    'remove both, and the @ of the child',
  ],
  tooMany: [
    'more than {limit} findings of this check; the rest is not shown',
    'correct the first ones and compile again',
  ],
  prerequisite: ["not checked: '{name}' failed before", 'correct what the other check found'],
} as const;

/** Name of a message. */
export type CheckKey = keyof typeof CHECK_MESSAGES;
