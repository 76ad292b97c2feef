import { ProjectedStream } from './projected-stream.js';
import { RewindableNats } from './rewindable-nats.js';

/** The server has lost messages which it had acknowledged, and hands their numbers out again. */
describe('a projector whose stream', () => {
  test('is rewound halts, also once the stream has grown past the position, and goes on when the lost messages are back', async () => {
    const nats = await RewindableNats.start();
    const projected = await ProjectedStream.start(50, nats.server);
    const at50 = await nats.keep();
    await projected.publish(50);
    await projected.isApplied();
    const at100 = await nats.keep();

    await nats.putBack(at50);
    await projected.expectHalted('rewound', /ends at 50, before the position 100/);
    await projected.expectHaltedAfterRestart('rewound', /ends at 50/);

    await projected.publishForeign(80);
    await projected.expectHalted('different-message', /holds another message at 100/);
    await projected.expectHaltedAfterRestart('different-message', /holds another message at 100/);

    await nats.putBack(at100);
    await projected.expectWell();
    await projected.publish(10);
    await projected.expectWell();
  }, 90_000);

  test('was rewound and has grown again while nobody looked starts halted', async () => {
    const nats = await RewindableNats.start();
    const projected = await ProjectedStream.start(50, nats.server);
    const at50 = await nats.keep();
    await projected.publish(50);
    await projected.isApplied();
    await projected.restartProjector(async () => {
      await nats.putBack(at50);
      await projected.publishForeign(50);
    });
    // As many messages as before, so only their contents tell.
    await projected.expectHalted('different-message', /holds another message at 100/);
  });

  test('is rewound and has grown past the position before the connection is back halts', async () => {
    const nats = await RewindableNats.start();
    const projected = await ProjectedStream.start(50, nats.server);
    const at50 = await nats.keep();
    await projected.publish(50);
    await projected.isApplied();
    projected.projector.kill('SIGSTOP');
    await nats.putBack(at50);
    await projected.publishForeign(200);
    projected.projector.kill('SIGCONT');
    await projected.expectHalted('different-message', /holds another message at 100/);
  });
});
