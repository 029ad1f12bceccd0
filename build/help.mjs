// @ts-check
// What `npm run dist -- --help` prints. Plain JavaScript, since it is printed before anything is installed.

export const help = `tsopenssl's builder

  npm run dist                       build, package and validate everything for this machine's target
  npm run dist -- list               show lines, targets, formats and steps
  npm run dist -- reproduce          build everything twice, in two folders and surroundings, and compare
  npm run dist -- cache              show what lies in the cache, with sizes
  npm run dist -- cache prune        remove what --older-than or --max name and no running build uses
  npm run dist -- cache verify       read every file in the cache and compare it with its record

Options
  --target ID        platform to build for, or all; may be repeated (default: this machine's)
  --format F         make only this format; may be repeated
  --toolchain T      recipe (the compilers that the target's recipe names: default on linux-x64)
                     or host (this machine's own: default elsewhere)
  --launcher L       ccache, sccache or distcc in front of the compiler (or TSOPENSSL_LAUNCHER)
  --jobs N           parallel jobs of make (default: the number of cores)
  --mirror DIR       folder to look for sources in first (or TSOPENSSL_MIRROR)
  --cache DIR        folder for sources, toolchains and finished steps (or TSOPENSSL_CACHE; default: tsopenssl in the
                     user's cache folder, which all checkouts share)
  --out DIR          folder for the artifacts (default: dist)
  --until STEP       stop when this step is done
  --explain          say of every step whether it would run and why, and which system packages it lacks; build nothing
  --verbose          while building, say of every step why it runs or does not
  --trace FILE       write a trace of the build, which ui.perfetto.dev and chrome://tracing open; as a picture
                     when the name ends in .svg
  --older-than AGE   cache prune: what was not used for so long, such as 30d or 12h
  --max SIZE         cache prune: the least recently used, until the rest is no larger, such as 20GB
  --json             results as JSON
  --help             this text

Examples
  npm run dist -- --format deb --explain
  npm run dist -- --target win32-x64 --target linux-arm64
  npm run dist -- --launcher ccache --jobs 8
  npm run dist -- --mirror ../sources --out /srv/release
  npm run dist -- cache prune --older-than 30d --max 20GB

Exit status: 0 done, 1 failed, 2 wrong usage or something missing on this machine.
Progress goes to stderr; the paths of the artifacts to stdout.`;
