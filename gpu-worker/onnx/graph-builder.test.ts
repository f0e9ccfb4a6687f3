import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '#gpu-worker/onnx/graph-builder.ts';

function builderWithInput(): GraphBuilder {
  const builder = new GraphBuilder('test');
  builder.input('x', 'float32', ['rows', 2]);
  return builder;
}

describe('a name used twice throws', () => {
  it.each([
    ['an input', (builder: GraphBuilder) => builder.input('x', 'float32', [1])],
    ['an initializer', (builder: GraphBuilder) => builder.float32('x', [1], [0])],
    ['a node’s output', (builder: GraphBuilder) => builder.node('/Relu', 'Relu', ['x'], {}, 'x')],
    [
      'one of several outputs',
      (builder: GraphBuilder) => builder.nodeWithOutputs('/Split', 'Split', ['x'], ['first', 'x']),
    ],
  ])('as the name of %s', (_, use) => {
    expect(() => use(builderWithInput())).toThrow('graph "test" uses the name "x" twice');
  });

  it('as the address of a node, even when the outputs have other names', () => {
    const builder = builderWithInput();
    builder.node('/a/Relu', 'Relu', ['x'], {}, 'first');
    expect(() => builder.node('/a/Relu', 'Relu', ['x'], {}, 'second')).toThrow(
      'graph "test" has two nodes named "/a/Relu"',
    );
  });

  it('as a graph output', () => {
    const builder = builderWithInput();
    const y = builder.node('/Relu', 'Relu', ['x']);
    builder.output(y, 'float32', ['rows', 2]);
    expect(() => builder.output(y, 'float32', ['rows', 2])).toThrow(
      'graph "test" declares the output "/Relu/output_0" twice',
    );
  });
});

describe('a value that nothing makes', () => {
  it('cannot be read', () => {
    expect(() => builderWithInput().node('/Add', 'Add', ['x', 'y'])).toThrow(
      'node "/Add" reads "y", which nothing makes',
    );
  });

  it('cannot be read before the node that makes it', () => {
    const builder = builderWithInput();
    expect(() => builder.node('/first', 'Relu', ['/second/output_0'])).toThrow('which nothing makes');
  });

  it('cannot be a graph output', () => {
    const builder = builderWithInput();
    builder.output('y', 'float32', [1]);
    expect(() => builder.build()).toThrow('graph "test" declares the output "y", which no node makes');
  });
});

describe('an initializer', () => {
  it.each([
    [
      'inline',
      (builder: GraphBuilder) => builder.float32('w', [2, 3], [1, 2, 3, 4, 5]),
      'initializer "w" of float32 [2, 3] needs 24 bytes, got 20',
    ],
    [
      'external',
      (builder: GraphBuilder) =>
        builder.initializer('w', 'int8', [4, 4], { kind: 'external', file: 'w.bin', offset: 0, length: 15 }),
      'initializer "w" of int8 [4, 4] needs 16 bytes, got 15',
    ],
    [
      'a scalar with two values',
      (builder: GraphBuilder) => builder.int64('w', [1, 2], []),
      'initializer "w" of int64 [] needs 8 bytes, got 16',
    ],
  ])('whose size is not that of its shape throws (%s)', (_, declare, message) => {
    expect(() => declare(new GraphBuilder('test'))).toThrow(message);
  });
});

it('names outputs after their node and leaves out optional inputs', () => {
  const builder = builderWithInput();
  const sizes = builder.int64('/sizes', [1, 1]);
  const halves = builder.nodeWithOutputs('/Split', 'Split', ['x', sizes], 2, { axis: { int: 1 } });
  expect(halves).toEqual(['/Split/output_0', '/Split/output_1']);
  expect(() => builder.node('/Attention', 'Attention', [...halves, '', 'x'])).not.toThrow();
});
