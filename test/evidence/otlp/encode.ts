/** OTLP protobuf for the decoder's tests, written by field number from the .proto files, independent of the decoder. */
import protobuf from 'protobufjs/minimal.js';

export type AttributeValue = string | bigint | number | boolean | Buffer | readonly AttributeValue[];
export type AttributeInput = readonly [key: string, value: AttributeValue];

export interface SpanBytes {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: readonly AttributeInput[];
  readonly events?: readonly {
    readonly name: string;
    readonly atNs: bigint;
    readonly attributes: readonly AttributeInput[];
  }[];
  readonly statusCode: number;
  readonly statusMessage: string;
}

type Writer = protobuf.Writer;
const LENGTH = 2;
const tag = (field: number, wire: number) => field * 8 + wire;

/** TracesData with one resource and one scope. */
export function encodeTraces(resource: readonly AttributeInput[], spans: readonly SpanBytes[]): Buffer {
  const writer = protobuf.Writer.create();
  message(writer, 1, (resourceSpans) => {
    message(resourceSpans, 1, (body) => attributes(body, 1, resource));
    message(resourceSpans, 2, (scopeSpans) => {
      message(scopeSpans, 1, (scope) => scope.uint32(tag(1, LENGTH)).string('test'));
      for (const one of spans) message(scopeSpans, 2, (body) => span(body, one));
    });
  });
  return Buffer.from(writer.finish());
}

function span(writer: Writer, of: SpanBytes): void {
  writer.uint32(tag(1, LENGTH)).bytes(Buffer.from(of.traceId, 'hex'));
  writer.uint32(tag(2, LENGTH)).bytes(Buffer.from(of.spanId, 'hex'));
  writer.uint32(tag(3, LENGTH)).string('vendor=state');
  if (of.parentId !== '') writer.uint32(tag(4, LENGTH)).bytes(Buffer.from(of.parentId, 'hex'));
  writer.uint32(tag(5, LENGTH)).string(of.name);
  writer.uint32(tag(6, 0)).int32(of.kind);
  fixed64(writer, 7, of.startNs);
  fixed64(writer, 8, of.endNs);
  attributes(writer, 9, of.attributes);
  writer.uint32(tag(10, 0)).uint32(0);
  for (const event of of.events ?? []) {
    message(writer, 11, (body) => {
      fixed64(body, 1, event.atNs);
      body.uint32(tag(2, LENGTH)).string(event.name);
      attributes(body, 3, event.attributes);
    });
  }
  message(writer, 15, (status) => {
    status.uint32(tag(2, LENGTH)).string(of.statusMessage);
    status.uint32(tag(3, 0)).int32(of.statusCode);
  });
  writer.uint32(tag(16, 5)).fixed32(257);
}

function attributes(writer: Writer, field: number, of: readonly AttributeInput[]): void {
  for (const [key, input] of of) {
    message(writer, field, (body) => {
      body.uint32(tag(1, LENGTH)).string(key);
      message(body, 2, (any) => value(any, input));
    });
  }
}

function value(writer: Writer, of: AttributeValue): void {
  if (typeof of === 'string') writer.uint32(tag(1, LENGTH)).string(of);
  else if (typeof of === 'boolean') writer.uint32(tag(2, 0)).bool(of);
  else if (typeof of === 'bigint') writer.uint32(tag(3, 0)).int64(of.toString());
  else if (typeof of === 'number') writer.uint32(tag(4, 1)).double(of);
  else if (Buffer.isBuffer(of)) writer.uint32(tag(7, LENGTH)).bytes(of);
  else {
    message(writer, 5, (list) => {
      for (const item of of as readonly AttributeValue[]) message(list, 1, (any) => value(any, item));
    });
  }
}

function fixed64(writer: Writer, field: number, of: bigint): void {
  writer
    .uint32(tag(field, 1))
    .fixed32(Number(of & 0xffffffffn))
    .fixed32(Number(of >> 32n));
}

function message(writer: Writer, field: number, body: (writer: Writer) => void): void {
  writer.uint32(tag(field, LENGTH)).fork();
  body(writer);
  writer.ldelim();
}
