// The error of everything that reads a bundle.

/** What went wrong, as a stable word that programs may rely on. */
export type CABundleErrorCode =
  | 'ERR_CA_BUNDLE_TEXT' // the text is no PEM
  | 'ERR_CA_BUNDLE_CERTIFICATE' // one certificate of it is broken
  | 'ERR_CA_BUNDLE_FILE'; // a file cannot be read

/** Where in a bundle, and of which certificate, an error speaks. */
export interface CABundlePlace {
  /** Line of the text, from 1. */
  readonly line?: number;
  /** Which certificate of the text, from 1. */
  readonly position?: number;
  /** What the text above the certificate calls it. */
  readonly certificateName?: string;
}

/** A bundle that cannot be read. The message says which certificate, at which line, and why. */
export class CABundleError extends Error {
  /** `CABundleError`. */
  override readonly name = 'CABundleError';
  /** What went wrong, for programs. */
  readonly code: CABundleErrorCode;
  /** Line of the text, from 1; of a broken certificate, where the damage shows. */
  readonly line: number | undefined;
  /** Which certificate of the text, from 1. */
  readonly position: number | undefined;
  /** What the text above the certificate calls it. */
  readonly certificateName: string | undefined;

  /**
   * @param place - where in the bundle
   * @throws nothing: nothing is looked at
   */
  constructor(code: CABundleErrorCode, message: string, place: CABundlePlace = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.line = place.line;
    this.position = place.position;
    this.certificateName = place.certificateName;
  }
}
