// Corners of an area as text, one a line, latitude first as in CAP; and as the ring they make.
import type { Geometry, Position } from 'geojson';

/** `29.7600, -95.3700` a line; empty for anything but one polygon. */
export function cornersOf(geometry: Geometry | null): string {
  if (geometry?.type !== 'Polygon') return '';
  const ring = geometry.coordinates[0] ?? [];
  return ring.slice(0, -1).map(([lon = 0, lat = 0]) => cornerLine(lat, lon)).join('\n');
}

export function cornerLine(lat: number, lon: number): string {
  return `${lat.toFixed(4)}, ${lon.toFixed(4)}`;
}

/** The polygon that the lines mean, or what is wrong with them in words. */
export function readCorners(text: string): { geometry: Geometry } | { wrong: string } {
  const lines = text.split('\n').map((line) => line.trim()).filter(Boolean);
  const ring: Position[] = [];
  for (const [i, line] of lines.entries()) {
    const numbers = line.split(/[\s,;]+/).filter(Boolean).map(Number);
    const [lat, lon] = numbers;
    if (numbers.length !== 2 || lat === undefined || lon === undefined || !Number.isFinite(lat) || !Number.isFinite(lon)) return { wrong: `line ${i + 1} is not “latitude, longitude”` };
    if (Math.abs(lat) > 90 || Math.abs(lon) > 180) return { wrong: `line ${i + 1} lies off the globe` };
    ring.push([lon, lat]);
  }
  const distinct = new Set(ring.map(String)).size;
  if (distinct < 3) return { wrong: `an area needs three corners; there ${distinct === 1 ? 'is one' : `are ${distinct}`}` };
  const [first, last] = [ring[0]!, ring.at(-1)!];
  if (String(first) !== String(last)) ring.push([...first]);
  return { geometry: { type: 'Polygon', coordinates: [ring] } };
}
