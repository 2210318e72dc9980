import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { FrameReader } from '../../harness/evidence/frames.ts';
import { BackendReceiver } from '../../harness/replay/receiver.ts';
import { temporaryFolder } from '../stack/helpers.ts';

async function started() {
  const path = join(await temporaryFolder(), 'kept.otlp.zst');
  const receiver = await BackendReceiver.start(path);
  onTestFinished(() => receiver.close().catch(() => undefined));
  const post = (body: Buffer, encoding?: string, to = '/1/v1/traces') =>
    fetch(`http://127.0.0.1:${receiver.port}${to}`, {
      method: 'POST',
      body,
      headers: encoding === undefined ? {} : { 'content-encoding': encoding },
    });
  const kept = async () => {
    const frames: string[] = [];
    const reader = new FrameReader(path);
    try {
      await reader.read((frame) => frames.push(frame.toString()));
    } finally {
      await reader.close();
    }
    return frames;
  };
  return { receiver, post, kept };
}

test('keeps the traces that it gets, as they are or compressed, and counts their bytes', async () => {
  const { receiver, post, kept } = await started();
  const text = Buffer.from('x'.repeat(1000));
  const [gzip, zstd] = [gzipSync(text), zstdCompressSync(text)];
  for (const [body, encoding] of [[text], [gzip, 'gzip'], [zstd, 'zstd']] as const) {
    const response = await post(body, encoding);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-protobuf']);
  }
  await receiver.close();
  expect(receiver.received).toEqual({
    messages: 3,
    bytes: 3000,
    wireBytes: 1000 + gzip.length + zstd.length,
  });
  expect(await kept()).toEqual([String(text), String(text), String(text)]);
});

test('answers metrics without keeping them', async () => {
  const { receiver, post, kept } = await started();
  expect((await post(Buffer.from('m'), undefined, '/0/v1/metrics')).status).toBe(200);
  await receiver.close();
  expect([receiver.received.messages, await kept()]).toEqual([0, []]);
});

test('does not hide what it could not read', async () => {
  const { receiver, post } = await started();
  expect((await post(Buffer.from('?'), 'snappy')).status).toBe(400);
  await expect(receiver.close()).rejects.toThrow('content-encoding snappy is not known');
});
