// The functions of tsopenssl.node for distinguished names.

declare const nameBrand: unique symbol;

/** An X509_NAME of OpenSSL, owned by the garbage collector. Of this thread and of this copy of the addon only. */
export interface NameHandle {
  readonly [nameBrand]: true;
}

export interface NameBinding {
  nameNew(): NameHandle;
  nameCopy(name: NameHandle): NameHandle;
  nameFromDer(bytes: Uint8Array): NameHandle;
  nameComponents(name: NameHandle): [string, Buffer][];
  nameText(name: NameHandle): string;
  nameOneLine(name: NameHandle): string;
  nameGet(name: NameHandle, attribute: string): string | undefined;
  /**
   * At the end; where it is joined, as one more attribute of the last part.
   * @param mask - bits of the string types that are allowed, such as B_ASN1_UTF8STRING; undefined for the process's
   */
  nameAdd(
    name: NameHandle,
    attribute: string,
    value: string,
    mask: number | undefined,
    isJoined: boolean,
  ): void;
  /** Removes the first one, and adds a new one at the end where there is a value. What fails leaves the name as it was. */
  nameSet(name: NameHandle, attribute: string, value: string | undefined): void;
  nameHash(name: NameHandle): number;
  nameDer(name: NameHandle): Buffer;
  nameCompare(name: NameHandle, other: NameHandle): number;
}
