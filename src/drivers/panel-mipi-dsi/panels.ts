// DSI panels as data: what each wants of its host, and its modes. The numbers are those of Linux's panel drivers, each
// with its file; `bringup,lab-panel` is our own.
import type { DrmMode } from '../../core/drm-bridge.js';
import type { MipiDsiDevice } from '../../core/mipi-dsi.js';

/** How a panel wants to be driven. */
export interface PanelDesc {
  readonly lanes: number;
  readonly format: MipiDsiDevice['format'];
  /** Linux's MIPI_DSI_MODE_… and MIPI_DSI_… flags, without the prefix. */
  readonly modeFlags: readonly string[];
  /** The first is the preferred one. */
  readonly modes: readonly DrmMode[];
}

/** One driver of Linux: the file that the numbers are from, and its panels by compatible. */
export interface PanelFamily {
  /** The driver's name in Linux. */
  readonly driver: string;
  readonly panels: Readonly<Record<string, PanelDesc>>;
}

/** Active pixels, front porch, sync, back porch: of a line, and of a frame in lines. */
type Timing = readonly [active: number, front: number, sync: number, back: number];

function mode(clockKhz: number, line: Timing, frame: Timing): DrmMode {
  const [hdisplay, hsyncStart, hsyncEnd, htotal] = sums(line);
  const [vdisplay, vsyncStart, vsyncEnd, vtotal] = sums(frame);
  return { hdisplay, hsyncStart, hsyncEnd, htotal, vdisplay, vsyncStart, vsyncEnd, vtotal, clockKhz };
}

function sums([active, front, sync, back]: Timing): Timing {
  return [active, active + front, active + front + sync, active + front + sync + back];
}

/** Four lanes of RGB888, as all of these panels have it. */
function panel(modeFlags: readonly string[], clockKhz: number, line: Timing, frame: Timing): PanelDesc {
  return { lanes: 4, format: 'RGB888', modeFlags, modes: [mode(clockKhz, line, frame)] };
}

const SYNC_PULSE = ['MODE_VIDEO', 'MODE_VIDEO_SYNC_PULSE', 'MODE_LPM'];
const BURST = ['MODE_LPM', 'MODE_VIDEO', 'MODE_VIDEO_HSE', 'CLOCK_NON_CONTINUOUS', 'MODE_VIDEO_BURST'];

/** All panels, by the driver that Linux has for them. */
export const PANEL_FAMILIES: readonly PanelFamily[] = [
  {
    // drivers/gpu/drm/panel/panel-boe-tv101wum-nl6.c: the tablets of the Kukui family (MT8183).
    driver: 'panel-boe-tv101wum-nl6',
    panels: {
      'boe,tv101wum-nl6': panel(SYNC_PULSE, 159_425, [1200, 100, 40, 24], [1920, 10, 14, 4]),
      'auo,kd101n80-45na': panel(SYNC_PULSE, 157_000, [1200, 60, 24, 56], [1920, 16, 4, 16]),
      'boe,tv101wum-n53': panel(SYNC_PULSE, 159_916, [1200, 80, 24, 60], [1920, 20, 4, 10]),
      'auo,b101uan08.3': panel(SYNC_PULSE, 159_667, [1200, 60, 4, 80], [1920, 34, 2, 24]),
      'boe,tv105wum-nw0': panel(SYNC_PULSE, 159_916, [1200, 80, 24, 60], [1920, 20, 4, 10]),
      'boe,tv110c9m-ll3': panel(BURST, 166_594, [1200, 40, 8, 28], [2000, 26, 2, 148]),
      'innolux,hj110iz-01a': panel(BURST, 168_432, [1200, 40, 8, 28], [2000, 26, 2, 172]),
      'starry,2081101qfh032011-53g': panel(SYNC_PULSE, 165_731, [1200, 100, 10, 100], [1920, 14, 10, 15]),
    },
  },
  {
    // drivers/gpu/drm/panel/panel-himax-hx83102.c: Geralt (MT8188) and Starmie (MT8186).
    driver: 'panel-himax-hx83102',
    panels: {
      'boe,nv110wum-l60': panel(SYNC_PULSE, 167_700, [1200, 75, 20, 65], [1920, 115, 8, 12]),
      'csot,pna957qt1-1': panel(SYNC_PULSE, 177_958, [1200, 124, 80, 40], [1920, 88, 8, 38]),
      'ivo,t109nw41': panel(SYNC_PULSE, 167_700, [1200, 75, 20, 65], [1920, 115, 8, 12]),
      'starry,himax83102-j02': panel(SYNC_PULSE, 162_680, [1200, 60, 20, 40], [1920, 116, 8, 12]),
    },
  },
  {
    // drivers/gpu/drm/panel/panel-ilitek-ili9882t.c: Starmie (MT8186).
    driver: 'panel-ili9882t',
    panels: { 'starry,ili9882t': panel(SYNC_PULSE, 165_280, [1200, 72, 30, 72], [1920, 68, 2, 10]) },
  },
  {
    // drivers/gpu/drm/panel/panel-startek-kd070fhfid015.c: Genio 350 EVK (MT8365).
    driver: 'panel-startek-kd070fhfid015',
    panels: {
      'startek,kd070fhfid015': panel(['MODE_VIDEO', 'MODE_LPM'], 163_204, [1200, 144, 16, 45], [1920, 8, 4, 4]),
    },
  },
  {
    // drivers/gpu/drm/panel/panel-himax-hx8279.c: Genio 510, 700 and 1200 EVK (MT8188, MT8195).
    driver: 'panel-himax-hx8279',
    panels: {
      'aoly,sl101pm1794fog-v15': panel(
        ['CLOCK_NON_CONTINUOUS', ...SYNC_PULSE],
        159_420,
        [1200, 80, 60, 24],
        [1920, 10, 14, 4],
      ),
      'startek,kd070fhfid078': panel(
        ['CLOCK_NON_CONTINUOUS', ...SYNC_PULSE],
        156_458,
        [1200, 50, 24, 66],
        [1920, 14, 2, 10],
      ),
    },
  },
  {
    // drivers/gpu/drm/panel/panel-jadard-jd9365da-h3.c: the 8" display of the Radxa NIO 12L (MT8195).
    driver: 'jadard-jd9365da',
    panels: {
      'radxa,display-8hd-ad002': panel(
        ['MODE_VIDEO', 'MODE_VIDEO_BURST', 'MODE_NO_EOT_PACKET'],
        70_000,
        [800, 40, 18, 20],
        [1280, 20, 4, 20],
      ),
    },
  },
  {
    // Our own, of the lab board: 720 × 1280 at 60 Hz.
    driver: 'panel-bringup-lab',
    panels: { 'bringup,lab-panel': panel(SYNC_PULSE, 67_906, [720, 60, 20, 60], [1280, 16, 4, 16]) },
  },
];
