// Table of everything that the rules about display graphs say. A key is the rule, and a word where it says it in
// several ways; `{name}` stands for a value. The third part is the suggestion.
import type { Message } from '../../dt/message.js';

/**
 * The table behind every `display/L…` finding. The severity is the usual one: where the forecast shows that a warning
 * alone keeps the display from appearing, it is an error, and an error that the kernel gets over is a warning.
 */
export const DISPLAY_MESSAGES = {
  L1: [
    'error',
    '{p} path: {node} has no outgoing endpoint numbered {c} on port 1 (found: {list}). ' +
      'Every hop of the {p} path needs reg = <{c}>.',
    'Write reg = <{c}> in {endpoint}{rename}{cells}.{others}',
  ],
  'L1 shared': [
    'error',
    '{p} path: {node} has no outgoing endpoint numbered {c} on port 1 (found: {list}, used by the {q} path). ' +
      'Every hop of the {p} path needs reg = <{c}>.',
    'Add endpoint@{c} with reg = <{c}> to {port} for the {p} path, or link {first} to another block.',
  ],
  'L1 first': [
    'error',
    '{p} path: {node} has no outgoing endpoint numbered {c} on port 1 (found: {list}). ' +
      'Every hop of the {p} path needs reg = <{c}>.',
    'If this is meant to be the {q} path, write reg = <{found}> in {first} (endpoint@{found}); ' +
      'otherwise write reg = <{c}> in {endpoint}{rename}{cells}.',
  ],
  L2: [
    'error',
    '{p} path stops at {node} ({comp}): port 1 is missing or empty (it has {ports}).',
    'Give {node} a port@1 with reg = <1> and in it endpoint@{c} with reg = <{c}>, linked to the block that follows.',
  ],
  'L2 lists': [
    'error',
    '{p} path stops at {node} ({comp}): port 1 is missing or empty ({child} is not looked at, only ports is).',
    'Put all ports below one "ports" node, as port@0 (input) and port@1 (output).',
  ],
  'L2 empty': [
    'error',
    '{p} path stops at {node} ({comp}): port 1 is missing or empty ({child} has no endpoint).',
    'Add endpoint@{c} with reg = <{c}> to {at}, linked to the block that follows.',
  ],
  'L2 endpoint': [
    'error',
    '{p} path stops at {node} ({comp}): port 1 is missing or empty ("{child}" in it is not called endpoint).',
    'Rename {at} endpoint@{c}.',
  ],
  'L2 number': [
    'error',
    '{p} path stops at {node} ({comp}): port 1 is missing or empty ({child} has {reg}).',
    'Write reg = <1> in {at}.',
  ],
  'L2 port': [
    'error',
    '{p} path stops at {node} ({comp}): port 1 is missing or empty ("{child}" is not called port@1).',
    'Rename {at} port@1 and write reg = <1> in it.',
  ],
  L3: [
    'error',
    '{endpoint}: endpoint number {n}; only 0 (main), 1 (ext), 2 (third) exist. ' +
      'The kernel prints "Invalid endpoint{port} number": that {port} is the number of the port.',
    'Write reg = <0>, <1> or <2> for the path that is meant{deletion}.',
  ],
  L4: [
    'error',
    '{endpoint} is on port {n}; paths start on port 0, where the kernel does not find it (ENOENT).',
    'Write reg = <0> in {port}, or move the endpoint to port 0 of {mmsys}.',
  ],
  'L4 beside': [
    'warning',
    '{endpoint} is on port {n}; paths start on port 0, so it is never followed.',
    'Move it to port 0 of {mmsys}{deletion}.',
  ],
  L5: [
    'error',
    '{mmsys} has a port but no endpoint: the kernel uses an unset variable here, so what happens is chance.',
    'Add endpoint@0 with reg = <0> and a remote-endpoint to {port}, or delete the port.',
  ],
  L6: [
    'error',
    '{endpoint}: remote-endpoint {reason}.',
    'Write remote-endpoint = <&label> with the label of the input endpoint that follows.',
  ],
  L7: [
    'error',
    '{endpoint}: remote-endpoint points at {target}, which is not an endpoint; the kernel resolves it to {device}.',
    'Point it at an endpoint below port 0 of the next block.',
  ],
  L8: [
    'warning',
    '{endpoint} → {other}, but {other} {back}. The kernel follows only outgoing links; other tools do not.',
    'Write remote-endpoint = <&label> in {other} with the label of {endpoint}.',
  ],
  'L8 bent': [
    'warning',
    '{endpoint} → {other}, but {other} and {third} point at each other. ' +
      'The kernel follows only outgoing links; other tools do not.',
    'Write remote-endpoint = <&label> in {endpoint} with the label of {wanted}.',
  ],
  'L8 output': [
    'warning',
    '{endpoint} → {other}, which is an output and {back}. The kernel follows only outgoing links; other tools do not.',
    'Write remote-endpoint = <&label> in {endpoint} with the label of {wanted}.',
  ],
  L9: [
    'error',
    '{p} path: {node} ("{compatible}") is not a display component of this driver; ' +
      'did you forget the fall-back "{suggestion}"?',
    'Write compatible = "{compatible}", "{suggestion}"; in {node}.',
  ],
  'L9 spelling': [
    'error',
    '{p} path: {node} ("{compatible}") is not a display component of this driver; did you mean "{suggestion}"?',
    'Write compatible = "{suggestion}"; in {node}, or put that behind the correct name.',
  ],
  'L9 plain': [
    'error',
    '{p} path: {node} ({compatible}) is not a display component of this driver.',
    'Add a fall-back string that the driver knows to its compatible, or link {from} to a display block.',
  ],
  'L9 later': [
    'error',
    '{p} path: {node} ("{compatible}") is not a display component of this kernel; later kernels know it.',
    'Use a later kernel, or add a fall-back string that this one knows.',
  ],
  'L9 mutex': [
    'error',
    '{p} path: {node} ("{compatible}") is a mutex, which is never part of a path.',
    'Link {from} to the block that gets the picture next.',
  ],
  L10: [
    'error',
    '{p} path ends at {comp} ({id}); it must end at a DSI, DPI or DP_INTF. {next} behind it is none.',
    'Put the output between {from} and {next}.',
  ],
  L11: [
    'warning',
    '{p} path is dropped because {node} (block {n} of the path) is disabled: {instead}.',
    'Write status = "okay" in {node}; if the path is not meant to be used, {unused}.',
  ],
  L12: [
    'warning',
    '{sink} is disabled: {output} {outcome}{dropped}.',
    'Write status = "okay" in {sink}; if nothing is connected, disable {node} too.',
  ],
  L13: [
    'error',
    'The {q} path is fine, but the error in {p} makes the whole probe fail.',
    'Correct the {p} path{deletion} until then: without it the {q} path works.',
  ],
  L14: [
    'warning',
    '{node} has no alias "{stem}N"; it becomes {comp}, the same as {other}.',
    'Add {stem}N = "{node}" to /aliases ({free}).',
  ],
  'L14 mutex': [
    'warning',
    '{node} has no alias "mutexN"; it becomes the mutex of {a} and of {b}, which need one each.',
    'Add mutex0 and mutex1 to /aliases, for the mutex of the first and of the second mmsys.',
  ],
  L15: [
    'error',
    'alias {name}: there is no {type} instance {n} (known: {known}); the component {node} cannot be used.',
    'Rename the alias to {stem}N, with N one of {known}.',
  ],
  'L15 aside': [
    'warning',
    'alias {name}: there is no {type} instance {n} (known: {known}); the driver skips {node}.',
    'Rename the alias to {stem}N, with N one of {known}, or delete it.',
  ],
  L16: [
    'warning',
    '{comp} appears {times} in the {p} path ({nodes}).',
    'Check the compatible strings of these blocks{alias}.',
  ],
  L17: [
    'warning',
    'Two OVL adaptor entries: the {p} path begins with {node} and continues with {other}. Let it start at ETHDR.',
    'Link {first} to the ETHDR block; the driver finds MDP_RDMA, PADDING and MERGE1 to 4 by itself.',
  ],
  L18: ['error', '{p} path runs in a circle: {nodes}{endless}.', 'Point {endpoint} at the block that follows.'],
  'L18 back': [
    'error',
    '{p} path runs in a circle: {nodes}{endless}.',
    'Point {endpoint} at the block that follows; perhaps port 0 (input) and port 1 (output) of {device} are swapped.',
  ],
  L19: ['error', '{p} path has {n} components, the limit is 62.', 'Link fewer blocks one behind the other.'],
  L20: [
    'error',
    '{node} is not a child of {parent}; the driver will not find it: the CRTC of the {p} path is not created.',
    'Move it to {parent}, beside {mmsys}.',
  ],
  'L20 other': [
    'warning',
    '{node} is not a child of {parent}; the driver will not find it and takes {other} for {comp}.',
    'Move it to {parent}, beside {mmsys}, or link the path to {other}.',
  ],
  L21: [
    'error',
    '{soc} needs both vdosys0 and vdosys1; {node} {fault}: no display, no message.',
    'Write status = "okay" in {node}, even when only the other one drives an output.',
  ],
  'L21 fails': [
    'error',
    '{soc} needs both vdosys0 and vdosys1; {node} {fault}: no display at all.',
    'Correct what is wrong with {node}; its paths must be built even when only the other one drives an output.',
  ],
  'L21 missing': [
    'error',
    '{soc} needs both vdosys0 and vdosys1; beside {node} there is no other: no display, no message.',
    'Add the other vdosys to {parent}.',
  ],
  L22: [
    'error',
    '{a} and {b} both define a {p} path; only one can be first.',
    'Use endpoint@{c} for {b}: reg = <{c}> there and at every outgoing endpoint up to its output.',
  ],
  L23: [
    'warning',
    '{node}: the panel or bridge is looked up at {place}, which does not exist; ' +
      'the driver falls back to port 0 ({device}) and {outcome}.',
    'Give {node} a port@1 with reg = <1> and in it {endpoint}, linked to the panel or bridge.',
  ],
  'L23 only': [
    'warning',
    '{node}: the panel or bridge is looked up at {place}, which does not exist; the driver {outcome}.',
    'Give {node} a port@0 with reg = <0> and in it an endpoint, linked to the panel or bridge.',
  ],
  'L23 component': [
    'warning',
    '{node}: the panel or bridge is looked up at {place}, which leads to {device}, a block of the pipeline; ' +
      'the driver waits for ever.',
    'Let port 1 of {node} lead to the panel or bridge; port 0 is its input.',
  ],
  L24: [
    'warning',
    '{endpoint}: number it {c} like its path; otherwise the kernel drops a reference too many ' +
      '(harmless for the picture).',
    'Write reg = <{c}> in {endpoint}{rename}{cells}.',
  ],
  'L24 dsi': [
    'warning',
    '{endpoint}: the {p} path has no endpoint {c} here; the kernel drops a reference too many ' +
      '(harmless for the picture).',
    'Add endpoint@{c} with reg = <{c}> beside it; keep endpoint 0, where the DSI driver looks for its panel.',
  ],
  L25: [
    'note',
    '{node} uses the old layout (port 0 leads to {device}); kernels from v6.13 still accept it, ' +
      'but it cannot be part of a graph path.',
    'For a graph, move the link to port@1 and make port@0 the input.',
  ],
  L26: [
    'warning',
    '{node}: kernels before v6.13 look for the panel at port 0 ({device}) and {outcome}.',
    'Use a kernel from v6.13 on, or let port 0 lead to the panel or bridge.',
  ],
  L27: [
    'warning',
    '{a} → {b}: {soc} has no multiplexer entry for this link; it works only if the two are wired together in the chip.',
    'Compare the order of the blocks with the data sheet or with another board of this SoC.',
  ],
  L28: [
    'warning',
    '{comp} has no mutex module on {soc}; the wrong module would be started.',
    'Leave {node} out of the path, or check its compatible and its alias.',
  ],
  L29: [
    'warning',
    '{node}: only the first "ports" node is used; {other} is ignored.',
    'Move everything below the first "ports" node.',
  ],
  L30: [
    'warning',
    '{node}: "{child}" is not an endpoint; kernels up to 6.12 count it as endpoint {n}, ' +
      'later ones skip it with a backtrace.',
    'Rename it endpoint@{n}, or delete it.',
  ],
  'L30 port': [
    'warning',
    '{node}: "{child}" is not a port; its endpoints are ignored.',
    'Rename it port@N with reg = <N>, or delete it.',
  ],
  L31: [
    'warning',
    '{node}: unit address {unit}, reg {reg}; the kernel uses reg.',
    'Rename it {base}@{hex}, or write reg = <{number}> if that is meant.',
  ],
  'L31 none': [
    'warning',
    '{node}: unit address {unit}, reg is {reg} (0); the kernel uses reg.',
    'Write reg = <{number}> in it.',
  ],
  L32: ['warning', '{node}: status "{value}" counts as disabled; did you mean "okay"?', 'Write status = "{wanted}".'],
  L33: [
    'error',
    'no disp-mutex for {mmsys} (mmsys_id {id}); alias mutex{id} is {alias}.',
    'Enable the disp-mutex beside {mmsys} and give it the alias mutex{id}, or none.',
  ],
  'L33 disabled': [
    'error',
    'no disp-mutex for {mmsys} (mmsys_id {id}); {mutex} is disabled.',
    'Write status = "okay" in {mutex}.',
  ],
  'L33 alias': [
    'error',
    'no disp-mutex for {mmsys} (mmsys_id {id}); {mutex} has the alias {name}, which is for mmsys_id {n}.',
    'Rename the alias {name} to mutex{id}, or delete it.',
  ],
  'L33 bare': ['note', 'no disp-mutex for {mmsys}, nor any block of a pipeline beside it: no display is described.'],
  L34: ['note', 'The tree does not describe the {paths} of {mmsys}; the driver uses its built-in {built}.'],
  L35: ['note', '{mmsys} ({soc}): the built-in routes {routes} stay active beside the graph.'],
  L36: [
    'warning',
    'No path of {mmsys} reaches an enabled output. No CRTC will be created: "Need at least one OVL device".',
    'Write status = "okay" in an output and in every block before it, if this board has a display.',
  ],
  'L36 blocked': [
    'error',
    'No CRTC will be created: "Need at least one OVL device", although {output} is enabled ({missing}).',
    'Enable or add what is missing.',
  ],
  'L36 dark': [
    'warning',
    'No path of {mmsys} reaches an enabled output: there is a CRTC and nothing to see.',
    'Write status = "okay" in an output, if this board has a display.',
  ],
  'L36 unset': [
    'error',
    '{mmsys} {fault}: the kernel then uses a pointer that it never set, and may crash.',
    'Give {mmsys} a main path, from its endpoint@0 to an enabled output.',
  ],
  'L36 off': ['note', '{mmsys} is disabled: there is no display.', 'Write status = "okay" in it if one is wanted.'],
  'L36 unknown': [
    'note',
    '{mmsys}: mediatek-drm of this kernel does not know "{compatible}": there is no display, and no message.',
  ],
  'L36 later': [
    'note',
    '{mmsys}: mediatek-drm of this kernel does not know "{compatible}": there is no display, and no message.',
    'Use a later kernel; v7.1 knows it.',
  ],
  R1: [
    'note',
    "{node}: the kernel's count of references is off by {off} after every probe of {mmsys}: leaked, it is never freed.",
  ],
  'R1 disabled': [
    'note',
    "{node}: the kernel's count of references is off by {off} after every probe of {mmsys}: leaked, it is never freed.",
    'If the {p} path is not meant to be used, delete {deletion}.',
  ],
  'R1 long': [
    'note',
    "{node}: the kernel's count of references is off by {off} after every probe of {mmsys}: leaked, it is never freed.",
    'Link fewer than 62 blocks one behind the other.',
  ],
  'R1 put': [
    'note',
    "{node}: the kernel's count of references is off by {off} after every probe of {mmsys}: put twice; " +
      'repeated bind and unbind can end in "bad of_node_put()".',
  ],
  'R1 put output': [
    'note',
    "{node}: the kernel's count of references is off by {off} after every probe of {mmsys}: put twice; " +
      'repeated bind and unbind can end in "bad of_node_put()".',
    'Give {node} endpoint@{c} with reg = <{c}> on port 1, linked to the panel or bridge.',
  ],
  R2: [
    'error',
    '{output} waits for ever for {sink}: {node} above it is disabled, so no device is made of it.',
    'Write status = "okay" in {node}.',
  ],
  'R2 compatible': [
    'error',
    '{output} waits for ever for {sink}: it has no compatible, so no driver ever takes it.',
    'Write the compatible of the panel or bridge in {sink}, or point the link at the right node.',
  ],
  'R2 channel': [
    'error',
    '{output} waits for ever for {sink}: there is no DSI channel {channel}, so no device is made of it.',
    'Write reg = <0> in {sink}, or its channel, at most 3.',
  ],
  R3: [
    'warning',
    '{user}: {property} names {supplier}, which {below}: the probe may fail or wait for ever.',
    'Write status = "okay" in {off}, or take it out of {property}.',
  ],
  R4: [
    'warning',
    '{rival} points at {endpoint}, which points at {partner}: only that one counts.',
    'Write status = "disabled" in {device}, or link {endpoint} to {rival} instead if that is meant.',
  ],
  more: ['note', '{count} more findings of rule {rule}.', 'Correct the first ones and look again.'],
} as const satisfies Readonly<Record<string, Message>>;

/** Which text: the rule's id, and a word where there are several. */
export type DisplayKey = keyof typeof DISPLAY_MESSAGES;
