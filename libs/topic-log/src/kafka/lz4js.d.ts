declare module 'lz4js' {
  const lz4: {
    compress(bytes: Uint8Array): Uint8Array;
    decompress(frame: Uint8Array, bytesMax?: number): Uint8Array;
    /** The most that a frame can unpack to. */
    decompressBound(frame: Uint8Array): number;
  };
  export default lz4;
}

declare module 'snappyjs' {
  export function compress(bytes: Uint8Array): Uint8Array;
  export function uncompress(bytes: Uint8Array, bytesMax?: number): Uint8Array;
}
