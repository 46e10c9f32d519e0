// The module with fused multiply-adds as hosts give it that import WebAssembly, such as workerd.

declare const module: WebAssembly.Module;
export default module;
