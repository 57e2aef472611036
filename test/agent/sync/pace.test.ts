import { describe, expect, test } from 'vitest';
import { Pace } from '../../../agent/sync/pace.ts';
import { SteeredClock } from '../steered-clock.ts';

class Stage {
  readonly clock = new SteeredClock();
  readonly passed: string[] = [];
  readonly stop = new AbortController();
  readonly pace = new Pace((key) => this.passed.push(key), this.clock, this.stop.signal);

  /** Tells of a key so often at the same moment. */
  tell(key: string, times: number): void {
    for (let count = 0; count < times; count += 1) this.pace.tell(key);
  }

  took(): number {
    return this.passed.splice(0).length;
  }
}

describe('what is told', () => {
  test('is passed on at once, again and again, and for each key apart', () => {
    const stage = new Stage();
    stage.tell('a', 30);
    expect(stage.took()).toBe(30);
    stage.tell('b', 30);
    expect(stage.took()).toBe(30);
  });

  test('without end is passed on once a second, and the last of it in any case', async () => {
    const stage = new Stage();
    for (let count = 0; count < 600; count += 1) {
      stage.pace.tell('a');
      await stage.clock.advance(100);
    }
    expect(stage.took()).toBeLessThan(95);
    await stage.clock.advance(1000);
    stage.took();
    stage.tell('a', 1);
    await stage.clock.advance(1000);
    expect(stage.took()).toBe(1);
  });

  test('counts no longer after a while of silence', async () => {
    const stage = new Stage();
    stage.tell('a', 100);
    await stage.clock.advance(60_000);
    stage.took();
    stage.tell('a', 30);
    expect(stage.took()).toBe(30);
  });

  test('is passed on no more when it is stopped', async () => {
    const stage = new Stage();
    stage.tell('a', 100);
    stage.took();
    stage.stop.abort();
    await stage.clock.advance(60_000);
    expect(stage.took()).toBe(0);
  });
});
