// Table of what a board can be kept busy with.
import type { Activity } from './activity.js';
import { flips } from './activity-flips.js';
import { frames } from './activity-frames.js';
import { railsActivity } from './activity-rails.js';
import { tone } from './activity-tone.js';

/** All of them. */
export const ACTIVITIES: readonly Activity[] = [railsActivity, flips, tone, frames];

/** That of a name. */
export function activityOf(name: string): Activity | undefined {
  return ACTIVITIES.find((one) => one.name === name);
}
