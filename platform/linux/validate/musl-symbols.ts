// What our binaries may import from musl. Its symbols have no versions, so a name is all there is to tell the C library from
// an OpenSSL inside the process; and a function that only a new musl has would go unnoticed. The list is what the binaries
// use: one that comes to use another function fails here, and the function is added after a look at the musl that brought it.
// Sources: POSIX.1-2017, and https://musl.libc.org/releases.html for the rest. A test looks all of them up in musl 1.2.3.

const names = `
  __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc __cxa_atexit __errno_location __fxstat
  __isoc99_sscanf __libc_start_main __lxstat __stack_chk_fail __tls_get_addr __xpg_strerror_r __xstat
  _exit _longjmp _setjmp abort accept access alarm aligned_alloc bcmp bind calloc chmod clearerr
  clock_gettime close closedir closelog connect dl_iterate_phdr dladdr dlclose dlerror dlopen dlsym
  dup exit fclose fcntl fdopen feof ferror fflush fgets fileno fopen fopen64 fork fprintf fputc fputs
  fread free freeaddrinfo fseek ftell fwrite gai_strerror getaddrinfo getauxval getenv gethostbyname
  getnameinfo getpeername getpid getsockname getsockopt gettimeofday gmtime_r ioctl isatty kill listen
  lseek madvise malloc memchr memcmp memcpy memmove memset mlock mmap mprotect munmap nanosleep open
  opendir openlog perror pipe poll posix_memalign pthread_attr_destroy pthread_attr_init
  pthread_attr_setdetachstate pthread_cond_broadcast pthread_cond_destroy pthread_cond_init
  pthread_cond_signal pthread_cond_timedwait pthread_cond_wait pthread_create pthread_detach
  pthread_exit pthread_getspecific pthread_join pthread_key_create pthread_key_delete
  pthread_mutex_destroy pthread_mutex_init pthread_mutex_lock pthread_mutex_trylock
  pthread_mutex_unlock pthread_mutexattr_destroy pthread_mutexattr_init pthread_mutexattr_settype
  pthread_once pthread_rwlock_destroy pthread_rwlock_init pthread_rwlock_rdlock pthread_rwlock_unlock
  pthread_rwlock_wrlock pthread_self pthread_setspecific qsort read readdir realloc recvfrom recvmmsg
  rename secure_getenv select sendmmsg sendmsg sendto setbuf setpgid setsockopt shmat shmdt shmget
  shutdown sigaction signal snprintf socket socketpair stderr stdin stdout strcat strchr strcmp strcpy
  strcspn strdup strerror strerror_r strlen strncmp strncpy strpbrk strrchr strspn strstr strtod
  strtoimax strtok strtol strtoul strtoumax symlink syscall sysconf tcgetattr tcsetattr time times
  trunc uname unlink vfprintf wait waitpid write
`;

/** Names of functions and variables, none of them newer than musl 1.2.3 of 2022. */
export const muslSymbols: ReadonlySet<string> = new Set(names.trim().split(/\s+/));
