// The only file that calls the map library. Draws areas and points over a basemap of our own files:
// Natural Earth countries (public domain), no tiles, no fonts and no address but this server's.
import { GeoJSONSource, LngLatBounds, Map as GlMap, Marker, NavigationControl, ScaleControl, setWorkerUrl } from 'maplibre-gl';
import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { Feature, FeatureCollection, Geometry, Position } from 'geojson';
import { feature } from 'topojson-client';
import type { Topology } from 'topojson-specification';
import countriesUrl from 'world-atlas/countries-50m.json?url';
import { LEVEL_FILL, LEVELS } from './levels';
import type { LevelName } from './types';

setWorkerUrl(workerUrl);

/** One thing on the map. Without geometry and centre it is not drawn. */
export interface Shape {
  id: string;
  geometry: Geometry | null;
  center: { lat: number; lon: number } | null;
  level: LevelName;
  label: string;
  /** Instead of the level's sign. */
  sign?: string;
  /** Without the level's sign, where there are too many. */
  plain?: boolean;
}

export interface MapHandle {
  show(shapes: Shape[]): void;
  point(id: string | null): void;
  /** Hands every click on the map on; `null` stops that. */
  onClick(take: ((lat: number, lon: number) => void) | null): void;
  destroy(): void;
}

interface Options {
  container: HTMLElement;
  shapes: Shape[];
  onpick?: (id: string) => void;
  /** The shapes themselves are looked at: it goes nearer by itself, and a click inside an area picks it. */
  close?: boolean;
  /** The map stands for the first time. */
  onready: () => void;
}

/** Whether this browser can draw the map at all. */
export function canDraw(): boolean {
  try {
    return document.createElement('canvas').getContext('webgl2') !== null;
  } catch {
    return false;
  }
}

export function drawMap({ container, shapes, onpick, close = false, onready }: Options): MapHandle {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const fit = { padding: close ? 36 : 60, maxZoom: close ? 9 : 8 };
  const map = new GlMap({
    container,
    style: styleOf(dark.matches, shapes),
    bounds: boundsOf(shapes) ?? [-130, -50, 150, 65],
    fitBoundsOptions: fit,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: calm ? 0 : 150,
    maxZoom: 14,
    locale: { 'Map.Title': 'Map' },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
  map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-left');

  let current = shapes;
  let markers: Marker[] = [];
  const put = (next: Shape[]) => {
    current = next;
    for (const marker of markers) marker.remove();
    markers = next.flatMap((shape) => markerOf(shape, onpick) ?? []);
    for (const marker of markers) marker.addTo(map);
    const source = map.getSource('areas');
    if (source instanceof GeoJSONSource) source.setData(featuresOf(next));
  };
  const restyle = () => map.setStyle(styleOf(dark.matches, current), { diff: false });
  dark.addEventListener('change', restyle);
  put(shapes);
  map.once('load', onready);
  let take: ((lat: number, lon: number) => void) | null = null;
  map.on('click', ({ lngLat }) => take?.(lngLat.lat, lngLat.wrap().lng));
  if (close && onpick) {
    map.on('click', 'area', ({ features }) => {
      const id = features?.[0]?.properties.id;
      if (typeof id === 'string') onpick(id);
    });
    map.on('mouseenter', 'area', () => (map.getCanvas().style.cursor = 'pointer'));
    map.on('mouseleave', 'area', () => (map.getCanvas().style.cursor = ''));
  }

  return {
    show(next) {
      const moved = idsOf(next) !== idsOf(current);
      put(next);
      const bounds = moved ? boundsOf(next) : null;
      if (bounds) map.fitBounds(bounds, { ...fit, animate: !calm });
    },
    point(id) {
      for (const marker of markers) {
        const element = marker.getElement();
        element.classList.toggle('pointed', element.dataset.id === id);
      }
      if (map.getLayer('area-pointed')) map.setFilter('area-pointed', ['==', ['get', 'id'], id ?? '']);
    },
    onClick(next) {
      take = next;
      map.getCanvas().style.cursor = next ? 'crosshair' : '';
    },
    destroy() {
      dark.removeEventListener('change', restyle);
      map.remove();
    },
  };
}

/** The sign of the level stands on the map, so that colour is not needed to read it. */
function markerOf(shape: Shape, onpick: Options['onpick']): Marker | null {
  if (shape.plain) return null;
  const at = shape.center ? { lng: shape.center.lon, lat: shape.center.lat } : boundsOf([shape])?.getCenter();
  if (!at) return null;
  const element = document.createElement(onpick ? 'button' : 'span');
  element.className = `map-sign ${shape.level}`;
  element.dataset.id = shape.id;
  element.textContent = shape.sign ?? LEVELS[shape.level]?.sign ?? '?';
  element.title = shape.label;
  element.setAttribute('aria-label', shape.label);
  if (onpick) {
    // The list beside the map holds the same links; the signs would only lengthen the way by keyboard.
    element.tabIndex = -1;
    element.addEventListener('click', (event) => {
      // What lies under the sign is not meant.
      event.stopPropagation();
      onpick(shape.id);
    });
  } else {
    element.setAttribute('role', 'img');
  }
  return new Marker({ element }).setLngLat(at);
}

function styleOf(dark: boolean, shapes: Shape[]): StyleSpecification {
  const paper = dark
    ? { sea: '#0f1a26', land: '#202833', border: '#46535f', grid: '#1b2a39', name: '#93a1b0', halo: '#202833' }
    : { sea: '#d5e3ee', land: '#f7f6f2', border: '#b3b9bf', grid: '#c4d5e2', name: '#5a6570', halo: '#f7f6f2' };
  const fill = ['match', ['get', 'level'], ...Object.entries(LEVEL_FILL).flat(), '#5c6878'] as unknown as ExpressionSpecification;
  const name = { 'text-font': ['sans-serif'], 'text-size': 12, 'text-max-width': 7 };
  return {
    version: 8,
    sources: {
      // The library reads the countries itself only as GeoJSON; ours arrive as TopoJSON and are put in when read.
      countries: { type: 'geojson', data: countries.now, tolerance: 0.1 },
      names: { type: 'geojson', data: namesOf(countries.now) },
      grid: { type: 'geojson', data: graticule() },
      areas: { type: 'geojson', data: featuresOf(shapes) },
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': paper.sea } },
      { id: 'land', type: 'fill', source: 'countries', paint: { 'fill-color': paper.land } },
      { id: 'grid', type: 'line', source: 'grid', paint: { 'line-color': paper.grid, 'line-width': 0.7 } },
      { id: 'border', type: 'line', source: 'countries', paint: { 'line-color': paper.border, 'line-width': 0.8 } },
      { id: 'country', type: 'symbol', source: 'names', maxzoom: 7, layout: { 'text-field': ['get', 'name'], ...name, 'symbol-sort-key': ['-', 0, ['get', 'size']] }, filter: ['>', ['get', 'size'], ['step', ['zoom'], 60, 2.5, 8, 4, 0]], paint: { 'text-color': paper.name, 'text-halo-color': paper.halo, 'text-halo-width': 1.2 } },
      { id: 'grid-name', type: 'symbol', source: 'grid', minzoom: 3, layout: { 'symbol-placement': 'line', 'text-field': ['get', 'name'], ...name, 'text-size': 10 }, paint: { 'text-color': paper.name, 'text-halo-color': paper.halo, 'text-halo-width': 1 } },
      { id: 'area', type: 'fill', source: 'areas', paint: { 'fill-color': fill, 'fill-opacity': 0.3 } },
      { id: 'area-edge', type: 'line', source: 'areas', paint: { 'line-color': fill, 'line-width': 2 } },
      { id: 'area-pointed', type: 'line', source: 'areas', filter: ['==', ['get', 'id'], ''], paint: { 'line-color': dark ? '#ffffff' : '#111111', 'line-width': 3 } },
    ],
  };
}

/** The countries, empty until they are read. */
const countries: { now: FeatureCollection } = { now: { type: 'FeatureCollection', features: [] } };

/** Reads the basemap once; a map without it still shows the areas. */
export async function readBasemap(): Promise<void> {
  if (countries.now.features.length) return;
  try {
    const topology = (await (await fetch(countriesUrl)).json()) as Topology;
    const read = feature(topology, topology.objects.countries!);
    countries.now = { type: 'FeatureCollection', features: (read.type === 'FeatureCollection' ? read.features : [read]).flatMap(partsOf) };
  } catch {
    // Drawn without land: the grid and the areas remain true.
  }
}

/** Each part of a country by itself: the library fills parts of very large multipolygons wrongly. */
function partsOf({ geometry, properties }: Feature): Feature[] {
  const parts = geometry.type === 'MultiPolygon' ? geometry.coordinates : geometry.type === 'Polygon' ? [geometry.coordinates] : [];
  return parts.map((rings) => ({ type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: rings.map(unwrapped) } }));
}

/** A ring that steps over the antimeridian goes on beyond 180°; one round the pole is closed along it. */
function unwrapped(ring: Position[]): Position[] {
  let turn = 0;
  const out = ring.map(([lon = 0, lat = 0], i): Position => {
    const before = ring[i - 1]?.[0] ?? lon;
    if (lon - before > 180) turn -= 360;
    else if (before - lon > 180) turn += 360;
    return [lon + turn, lat];
  });
  if (turn === 0) return out;
  const pole = (out[0]?.[1] ?? 0) < 0 ? -90 : 90;
  return [...out, [out.at(-1)?.[0] ?? 0, pole], [out[0]?.[0] ?? 0, pole], out[0] ?? [0, pole]];
}

function featuresOf(shapes: Shape[]): FeatureCollection {
  const features = shapes.flatMap((shape): Feature[] =>
    shape.geometry ? [{ type: 'Feature', geometry: shape.geometry, properties: { id: shape.id, level: shape.level } }] : [],
  );
  return { type: 'FeatureCollection', features };
}

/** One name a country, in the middle of its largest part; `size` in square degrees lets large ones go first. */
function namesOf(land: FeatureCollection): FeatureCollection {
  const largest = new Map<string, Feature>();
  for (const { geometry, properties } of land.features) {
    const box = boundsOf([{ id: '', geometry, center: null, level: 'none', label: '' }]);
    const name = String(properties?.name ?? '');
    if (!box || !name) continue;
    const size = (box.getEast() - box.getWest()) * (box.getNorth() - box.getSouth());
    if (size > Number(largest.get(name)?.properties?.size ?? 0))
      largest.set(name, { type: 'Feature', properties: { name, size }, geometry: { type: 'Point', coordinates: box.getCenter().toArray() } });
  }
  return { type: 'FeatureCollection', features: [...largest.values()] };
}

/** Every fifth degree, named. */
function graticule(): FeatureCollection {
  const features: Feature[] = [];
  const line = (name: string, coordinates: Position[]) =>
    features.push({ type: 'Feature', properties: { name }, geometry: { type: 'LineString', coordinates } });
  const steps = (from: number, to: number) => Array.from({ length: (to - from) / 5 + 1 }, (_, i) => from + i * 5);
  for (let lon = -180; lon < 180; lon += 5) line(`${Math.abs(lon)}°${lon < 0 ? 'W' : 'E'}`, steps(-80, 80).map((lat) => [lon, lat]));
  for (let lat = -80; lat <= 80; lat += 5) line(`${Math.abs(lat)}°${lat < 0 ? 'S' : 'N'}`, steps(-180, 180).map((lon) => [lon, lat]));
  return { type: 'FeatureCollection', features };
}

/** What lies nearer to a pole has no place on this map. */
const MAX_LAT = 85;

function boundsOf(shapes: Shape[]): LngLatBounds | null {
  const bounds = new LngLatBounds();
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] === 'number' && typeof part[1] === 'number') bounds.extend([part[0], Math.max(-MAX_LAT, Math.min(MAX_LAT, part[1]))]);
    else part.forEach(walk);
  };
  const enter = (geometry: Geometry): void =>
    geometry.type === 'GeometryCollection' ? geometry.geometries.forEach(enter) : walk(geometry.coordinates);
  for (const shape of shapes) {
    if (shape.geometry) enter(shape.geometry);
    else if (shape.center) bounds.extend([shape.center.lon, shape.center.lat]);
  }
  return bounds.isEmpty() ? null : bounds;
}

const idsOf = (shapes: Shape[]) => shapes.map((shape) => shape.id).sort().join();
