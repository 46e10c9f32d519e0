// Three linked views of a volume: the crosshair moves in all of them.

import type { Volume } from '../../../examples/nifti.ts';
import {
  type Axis,
  type Colours,
  drawSlice,
  patientAxes,
  planes,
  type Scene,
} from '../../../examples/slices.ts';
import { type Position, SliceView } from './slice-view.ts';

export class Viewer {
  readonly #views: readonly SliceView[];
  readonly #moved: (voxel: number) => void;
  #axes: readonly Axis[] = [];
  #scene: Scene | undefined;
  #colours: Colours = [];
  #opacity = 0;
  #position: Position = [0, 0, 0];
  #stale = new Set<SliceView>();

  /**
   * @param host contains a figure for each plane
   * @param moved is called with the voxel under the crosshair, as its index in the file's array
   */
  constructor(host: Element, moved: (voxel: number) => void) {
    this.#moved = moved;
    this.#views = planes.map((plane) => {
      const figure = host.querySelector<HTMLElement>(`[data-plane="${plane.name}"]`);
      if (!figure) throw new Error(`the page has no figure for the ${plane.name} plane`);
      return new SliceView(figure, plane, (axis, index) => this.move(axis, index));
    });
  }

  /** Shows the centre of a volume, without labels. */
  load(volume: Pick<Volume, 'shape' | 'spacing' | 'affine'>, data: Uint8Array): void {
    this.#axes = patientAxes(volume);
    this.#scene = { data, brightest: 255, labels: new Uint8Array(0) };
    this.#position = this.#axes.map(({ size }) => size >> 1) as unknown as Position;
    for (const view of this.#views) view.load(this.#axes);
    this.#redraw(this.#views);
    this.#tell();
  }

  label(labels: Uint8Array, colours: Colours): void {
    if (this.#scene) this.#scene = { ...this.#scene, labels };
    this.#colours = colours;
    this.#redraw(this.#views);
    this.#tell();
  }

  /** Opacity of the colours, 0 to 1. */
  set opacity(opacity: number) {
    this.#opacity = opacity;
    this.#redraw(this.#views);
  }

  move(axis: number, index: number): void {
    const size = this.#axes[axis].size;
    const inside = Math.min(Math.max(index, 0), size - 1);
    this.#position = this.#position.map((old, i) => (i === axis ? inside : old)) as unknown as Position;
    this.#redraw(this.#views.filter(({ plane }) => plane.depth === axis));
    this.#tell();
  }

  #place(axis: number): number {
    const { start, stride } = this.#axes[axis];
    return start + this.#position[axis] * stride;
  }

  #tell(): void {
    for (const view of this.#views) view.mark(this.#position);
    this.#moved(this.#place(0) + this.#place(1) + this.#place(2));
  }

  /** Draws before the next frame: several moves until then need one drawing. */
  #redraw(views: readonly SliceView[]): void {
    if (this.#stale.size === 0 && views.length > 0) requestAnimationFrame(() => this.#draw());
    for (const view of views) this.#stale.add(view);
  }

  #draw(): void {
    const views = [...this.#stale];
    this.#stale.clear();
    for (const view of views) {
      if (!this.#scene) return;
      const { columns, rows, depth } = view.plane;
      const [across, down] = [this.#axes[columns], this.#axes[rows]];
      view.draw(drawSlice(this.#scene, across, down, this.#place(depth), this.#colours, this.#opacity));
    }
  }
}
