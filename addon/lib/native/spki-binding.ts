// The functions of tsopenssl.node for Netscape's signed public keys.

import type { QueuedError } from '../openssl-error.ts';
import type { KeyHandle } from './key-binding.ts';

declare const spkiBrand: unique symbol;

/** A NETSCAPE_SPKI of OpenSSL, owned by the garbage collector. Of this thread and of this copy of the addon only. */
export interface SpkiHandle {
  readonly [spkiBrand]: true;
}

export interface SpkiBinding {
  spkiNew(): SpkiHandle;
  spkiFromBase64(text: string): SpkiHandle;
  spkiBase64(spki: SpkiHandle): string;
  spkiPublicKey(spki: SpkiHandle): KeyHandle;
  /** Takes the public part alone. */
  spkiSetPublicKey(spki: SpkiHandle, key: KeyHandle): void;
  spkiChallenge(spki: SpkiHandle): string;
  spkiSetChallenge(spki: SpkiHandle, challenge: string): void;
  /** A signed copy; the object itself does not change. An empty digest is for algorithms that have their own. */
  spkiSign(spki: SpkiHandle, key: KeyHandle, digest: string): SpkiHandle;
  /** Undefined where the signature is right, otherwise what OpenSSL said. */
  spkiVerify(spki: SpkiHandle, key: KeyHandle): readonly QueuedError[] | undefined;
}
