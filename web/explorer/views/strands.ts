import { periodEnd } from "../format/periods";
import type { TrendChoice } from "../state/state";
import type { Line } from "./trend";

/** A part of a line as it is drawn: the whole of it or, counted from an event, the days around that event. */
export interface Strand {
  line: Line;
  /** Which points of the line. */
  at: number[];
  /** Where they stand: milliseconds since 1970, or days from the event. */
  x: number[];
  /** The day that days are counted from; null on a line of time. */
  event: string | null;
  /** Whether it is of the event that is compared with. */
  compared: boolean;
}

const dayMilliseconds = 86_400_000;

/**
 * The lines as they are drawn. With an event compared with, each line is two strands that lie on each other: of every event
 * those points that are nearer to it than to the other.
 */
export function strandsOf(lines: Line[], { event, eventWith }: TrendChoice): Strand[] {
  return lines.flatMap((line) => {
    const all = line.periods.map((_, at) => at);
    if (!event) {
      return [{ line, at: all, x: line.periods.map(periodEnd), event: null, compared: false }];
    }
    const day = (at: number) => line.eventDays[at] ?? 0;
    const strand = (of: string, points: number[]): Strand[] => {
      const at = withoutEmptyEnds(line, points);
      const apart = daysBetween(of, event);
      return at.length > 0
        ? [{ line, at, x: at.map((each) => day(each) + apart), event: of, compared: of !== event }]
        : [];
    };
    if (!eventWith || eventWith === event) {
      return strand(event, all);
    }
    const apart = daysBetween(eventWith, event);
    const near = (at: number) => Math.abs(day(at)) <= Math.abs(day(at) + apart);
    const far = (at: number) => !near(at);
    return [...strand(event, all.filter(near)), ...strand(eventWith, all.filter(far))];
  });
}

function daysBetween(first: string, second: string): number {
  return (Date.parse(second) - Date.parse(first)) / dayMilliseconds;
}

/** The points from the first to the last that has a value: a gap between two events belongs to neither. */
function withoutEmptyEnds(line: Line, at: number[]): number[] {
  const has = (each: number) => line.values[each] !== null;
  return at.slice(at.findIndex(has), at.findLastIndex(has) + 1);
}
