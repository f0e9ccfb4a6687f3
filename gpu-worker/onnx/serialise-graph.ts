import onnxProto from 'onnx-proto';
import { elementTypeCodes } from '#gpu-worker/onnx/element-type-codes.ts';
import type { AttributeValue, Graph, GraphNode, Initializer, ValueInfo } from '#gpu-worker/onnx/graph.ts';
import { type Operator, operatorDomains, operatorSetVersions } from '#gpu-worker/onnx/operators.ts';

const { onnx } = onnxProto;

/** IR 10 is the first to allow operator set 23; the bundled enum stops at 8, the wire format is the same. */
const irVersion = 10;

/** The bytes of a `.onnx` file. Initializers marked external stay in the file beside it. */
export function serialiseGraph(graph: Graph): Uint8Array {
  const model = onnx.ModelProto.create({
    irVersion,
    producerName: 'hintrank',
    opsetImport: Object.entries(operatorSetVersions).map(([domain, version]) => ({ domain, version })),
    graph: {
      name: graph.name,
      input: graph.inputs.map(valueProto),
      output: graph.outputs.map(valueProto),
      node: graph.nodes.map(nodeProto),
      initializer: graph.initializers.map(tensorProto),
    },
  });
  return onnx.ModelProto.encode(model).finish();
}

function valueProto(value: ValueInfo) {
  return {
    name: value.name,
    type: {
      tensorType: {
        elemType: elementTypeCodes[value.type],
        shape: { dim: value.shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size })) },
      },
    },
  };
}

function nodeProto(node: GraphNode) {
  return {
    name: node.name,
    opType: node.operator,
    domain: operatorDomains[node.operator as Operator],
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, value]) => attributeProto(name, value)),
  };
}

function attributeProto(name: string, value: AttributeValue) {
  const types = onnx.AttributeProto.AttributeType;
  if ('int' in value) return { name, type: types.INT, i: value.int };
  if ('float' in value) return { name, type: types.FLOAT, f: value.float };
  if ('ints' in value) return { name, type: types.INTS, ints: [...value.ints] };
  return { name, type: types.STRING, s: new TextEncoder().encode(value.string) };
}

function tensorProto(tensor: Initializer) {
  const common = { name: tensor.name, dataType: elementTypeCodes[tensor.type], dims: [...tensor.shape] };
  if (tensor.data.kind === 'inline') return { ...common, rawData: tensor.data.bytes };
  return {
    ...common,
    dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
    externalData: [
      { key: 'location', value: tensor.data.file },
      { key: 'offset', value: String(tensor.data.offset) },
      { key: 'length', value: String(tensor.data.length) },
    ],
  };
}
