// The type of an imported pool.wasm, on hosts that import WebAssembly modules, such as workerd.

declare const module: WebAssembly.Module;
export default module;
