// The type of an imported train.wasm, on hosts that import WebAssembly modules, such as workerd.

declare const module: WebAssembly.Module;
export default module;
