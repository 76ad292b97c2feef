import { Gauge, type Registry } from 'prom-client';
import type { MeasuredGenerations } from '../store/generations.js';

/** The metrics of the database, as of the last reading. */
export class DatabaseMetrics {
  private readonly deadLetters: Gauge;
  private readonly generations: Gauge;
  private readonly bytes: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.deadLetters = new Gauge({
      name: 'projector_dead_letters',
      help: 'Messages parked in the dead letters; anything above 0 wants an operator.',
      registers,
    });
    this.generations = new Gauge({
      name: 'projector_generations',
      help: 'Copies of the read model in the database, by state: live, building, previous.',
      labelNames: ['state'],
      registers,
    });
    this.bytes = new Gauge({
      name: 'projector_generation_bytes',
      help: 'What they take on the disk of the database, indexes included.',
      labelNames: ['state'],
      registers,
    });
    this.forget();
  }

  seen(openLetters: number, generations: readonly MeasuredGenerations[]): void {
    this.deadLetters.set(openLetters);
    this.generations.reset();
    this.bytes.reset();
    for (const { state, generations: count, bytes } of generations) {
      this.generations.set({ state }, count);
      this.bytes.set({ state }, bytes);
    }
  }

  /** Removes values that may no longer be true. */
  forget(): void {
    this.deadLetters.remove();
    this.generations.reset();
    this.bytes.reset();
  }
}
