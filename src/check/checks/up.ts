/** `up`: the broker accepts the connection. */
import { durationText } from '../duration.ts';
import type { BeginCheck, StepTimes } from '../link.ts';
import { judge, type Thresholds } from '../range.ts';
import { type Metric, verdict } from '../result.ts';
import { OK } from '../status.ts';

/** The figures of connecting: a step each, and all of them together. */
function stepMetrics(times: StepTimes, thresholds?: Thresholds): Metric[] {
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  const steps = [...times].map(([name, value]): Metric => ({ name, value, unit: 'ms' }));
  return [{ name: 'time', value: total, unit: 'ms', ...thresholds }, ...steps];
}

/** `thresholds` are of the time from the first step to CONNACK. */
export const up =
  (thresholds: Thresholds): BeginCheck =>
  ({ times, attempts }, finish) => {
    const metrics = stepMetrics(times, thresholds);
    const time = metrics[0]!.value;
    const tries = attempts > 1 ? ` at attempt ${attempts}` : '';
    const status = judge(time, thresholds);
    finish(verdict(status, `the broker accepted the connection in ${durationText(time)}${tries}`, metrics));
    // The verdict is there already.
    return { expired: () => verdict(OK, '') };
  };
