// The type of an imported convnd.wasm, on hosts that import WebAssembly modules, such as workerd.

declare const module: WebAssembly.Module;
export default module;
