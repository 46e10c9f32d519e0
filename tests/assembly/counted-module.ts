// The module with every micro-kernel counting its calls: what really runs, told by wasm itself.

import { readFileSync } from 'node:fs';
import binaryen from 'binaryen';

/** Functions of the built module that the library calls; all other exported functions are micro-kernels. */
interface CountedModule {
  readonly module: WebAssembly.Module;
  readonly kernels: readonly string[];
  /** the export that holds how often a micro-kernel was called */
  counterOf(kernel: string): string;
}

/**
 * Builds the counting module from build/convnd.wasm.
 * @param entries exported functions that are no micro-kernels
 */
export function countedModule(entries: readonly string[]): CountedModule {
  const module = binaryen.readBinary(readFileSync('build/convnd.wasm'));
  module.setFeatures(binaryen.Features.All);
  const counterOf = (kernel: string) => `calls of ${kernel}`;
  const kernels: string[] = [];
  for (let i = 0; i < module.getNumExports(); i++) {
    const { kind, name, value } = binaryen.getExportInfo(module.getExportByIndex(i));
    if (kind === binaryen.ExternalFunction && !entries.includes(name)) {
      kernels.push(name);
      count(module, value, counterOf(name));
    }
  }
  for (const kernel of kernels) module.addGlobalExport(counterOf(kernel), counterOf(kernel));
  return { module: new WebAssembly.Module(Uint8Array.from(module.emitBinary())), kernels, counterOf };
}

/** Adds a global that a function counts up whenever it is called. */
function count(module: binaryen.Module, name: string, counter: string): void {
  module.addGlobal(counter, binaryen.i32, true, module.i32.const(0));
  const more = module.i32.add(module.global.get(counter, binaryen.i32), module.i32.const(1));
  const counted = module.getFunction(name);
  const { params, results, vars, body } = binaryen.getFunctionInfo(counted);
  const counting = module.block(
    null,
    [module.global.set(counter, more), module.copyExpression(body)],
    results,
  );
  module.removeFunction(name);
  module.addFunction(name, params, results, vars, counting);
}
