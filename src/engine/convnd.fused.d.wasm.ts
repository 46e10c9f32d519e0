// The type of an imported convnd.fused.wasm (with fused multiply-adds), on hosts that import WebAssembly modules, such as workerd.

declare const module: WebAssembly.Module;
export default module;
