// The only file that calls the chart library: one series over time with its thresholds.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { knownZone } from './time';
import type { SeriesData } from './types';

const DASHES = [[2, 3], [6, 4], [10, 4], [14, 4]];

/** Draws `data` into `target` in the zone of the place; gives a function that takes it away. */
export function drawChart(target: HTMLElement, data: SeriesData, place: string): () => void {
  const zone = knownZone(place);
  const css = getComputedStyle(target);
  const colour = (name: string) => css.getPropertyValue(name).trim();
  const ink = colour('--ink');
  const muted = colour('--muted');
  const line = colour('--line');
  const times = data.points.map(([at]) => at);
  const columns = [times, data.points.map(([, value]) => value), ...data.thresholds.map((t) => times.map(() => t.value))];
  const axis: uPlot.Axis = { stroke: muted, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };

  const chart = new uPlot(
    {
      ...sizeOf(target),
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
      scales: { y: { range: (_, low, high) => rangeOf(data, low, high) } },
      axes: [
        { ...axis, values: (_, splits) => hours(splits, zone) },
        { ...axis, label: data.unit ?? '', labelSize: 18, size: 48 },
      ],
      cursor: { drag: { x: false, y: false } },
      legend: { show: false },
      series: [
        {},
        { label: 'observed', stroke: colour('--accent'), width: 2, spanGaps: false, points: { show: false } },
        ...data.thresholds.map((t, i): uPlot.Series => ({ label: t.name, stroke: ink, width: 1, dash: DASHES[i % DASHES.length], points: { show: false } })),
      ],
      hooks: { draw: [(u) => nameThresholds(u, data, ink)] },
    },
    columns as uPlot.AlignedData,
    target,
  );
  const watch = new ResizeObserver(() => chart.setSize(sizeOf(target)));
  watch.observe(target);
  return () => {
    watch.disconnect();
    chart.destroy();
  };
}

const sizeOf = (target: HTMLElement) => ({ width: Math.max(target.clientWidth, 240), height: 220 });

/** Room for every threshold, so that "how far below" can be seen too. */
function rangeOf(data: SeriesData, low: number | null, high: number | null): [number, number] {
  const all = [...data.thresholds.map((t) => t.value), low, high].filter((v): v is number => typeof v === 'number' && Number.isFinite(v));
  if (all.length === 0) return [0, 1];
  const [min, max] = [Math.min(...all), Math.max(...all)];
  const room = (max - min || 1) * 0.08;
  return [min - room, max + room];
}

/** 24-hour clock; the day stands where it changes. */
function hours(splits: number[], zone: string): string[] {
  let before = '';
  return splits.map((at) => {
    const date = uPlot.tzDate(new Date(at * 1000), zone);
    const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
    const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
    const far = (splits.at(-1)! - splits[0]!) > 5 * 86_400;
    const text = far ? day : day === before ? time : `${time}\n${day}`;
    before = day;
    return text;
  });
}

function nameThresholds(u: uPlot, data: SeriesData, ink: string): void {
  const { ctx } = u;
  ctx.save();
  ctx.fillStyle = ink;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  for (const { name, value } of data.thresholds) ctx.fillText(`${name} ${value}`, u.bbox.left + 6 * devicePixelRatio, u.valToPos(value, 'y', true) - 4 * devicePixelRatio);
  ctx.restore();
}
