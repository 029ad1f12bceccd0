// How a class makes an object around a handle, past its public constructor.

/** What a constructor is given instead of its own arguments. Nobody outside can make one. */
export class Held<Handle> {
  readonly handle: Handle;

  constructor(handle: Handle) {
    this.handle = handle;
  }
}

/** An object of `type` around `handle`; the constructor of `type` looks for a {@link Held} first. */
export function createHolding<Type, Handle>(
  type: abstract new (...args: never[]) => Type,
  handle: Handle,
): Type {
  return Reflect.construct(type, [new Held(handle)]) as Type;
}
