// The frame as it is scanned out, and which pictures are on it.
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ScreenState } from '../../../src/page/views/cmdq-screen.js';
import { onFrames } from '../store.js';

/** The picture with its caption. */
export function CmdqScreen({ screen }: { readonly screen: ScreenState | undefined }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = useRef<ImageData | undefined>(undefined);
  const latest = useRef(screen);
  latest.current = screen;
  useEffect(
    () =>
      onFrames('cmdq', (frame) => {
        if (frame.what !== 'picture') return;
        const { width, height, rgba } = frame;
        picture.current = new ImageData(new Uint8ClampedArray(rgba), width, height);
        if (canvas.current !== null) draw(canvas.current, picture.current, latest.current);
      }),
    [],
  );
  useEffect(() => {
    if (canvas.current !== null && picture.current !== undefined) draw(canvas.current, picture.current, screen);
  }, [screen]);
  return (
    <figure class="screen">
      <canvas ref={canvas} role="img" aria-label={said(screen)} hidden={screen === undefined} width={1} height={1} />
      <figcaption>
        {screen === undefined ? (
          <span class="quiet">No frame has gone out since this is looked at.</span>
        ) : (
          <>
            <span class={screen.torn ? 'state failed' : 'state bound'}>
              {screen.parts.length === 0 ? 'seen' : screen.torn ? 'torn' : 'whole'}
            </span>
            {': '}
            {words(screen)}
            <div class="quiet">
              frame {screen.number} of {screen.from.slice(screen.from.lastIndexOf('/') + 1)}, {screen.width} &times;{' '}
              {screen.height}, out at {(screen.end / 1e9).toFixed(3)} s
            </div>
          </>
        )}
      </figcaption>
    </figure>
  );
}

function said(screen: ScreenState | undefined): string {
  if (screen === undefined) return 'no frame';
  const { number, width, height, torn } = screen;
  return `frame ${number}, ${width} by ${height} pixels${torn ? ', torn' : ''}: ${words(screen)}`;
}

function words({ parts }: ScreenState): string {
  const [only] = parts;
  if (only === undefined) return 'no flips run: whose picture it is, nobody says';
  const name = (picture: number | undefined): string =>
    picture === undefined ? 'no picture of the flips' : `picture ${picture}`;
  if (parts.length === 1) return name(only.picture);
  return parts.map(({ picture, firstRow }) => `${name(picture)} from row ${firstRow}`).join(', ');
}

/** With a dashed line at each tear. */
function draw(canvas: HTMLCanvasElement, picture: ImageData, screen: ScreenState | undefined): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  if (canvas.width !== picture.width) canvas.width = picture.width;
  if (canvas.height !== picture.height) canvas.height = picture.height;
  context.putImageData(picture, 0, 0);
  if (screen === undefined || !screen.torn) return;
  context.strokeStyle = '#ff5c50';
  context.setLineDash([8, 6]);
  context.lineWidth = 2;
  for (const { firstRow } of screen.parts.slice(1)) {
    const y = (firstRow / screen.height) * picture.height;
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(picture.width, y);
    context.stroke();
  }
}
