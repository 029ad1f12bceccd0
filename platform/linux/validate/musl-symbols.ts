// What our binaries may import from musl. Its symbols have no versions, so a name is all there is to tell the C library from
// an OpenSSL inside the process; and a function that only a new musl has would go unnoticed. The list is what the binaries
// use: one that comes to use another function fails here, and the function is added after a look at the musl that brought it.
// Sources: POSIX.1-2017, and https://musl.libc.org/releases.html for the rest. A test looks all of them up in musl 1.2.3.

const names = `
  __cxa_atexit __errno_location __libc_start_main __stack_chk_fail __tls_get_addr _exit abort accept
  access alarm aligned_alloc atexit atof atoi atol bcmp bind calloc chmod clearerr clock_gettime
  close closedir closelog connect dl_iterate_phdr dladdr dlclose dlerror dlopen dlsym dup exit
  fclose fcntl fdopen feof ferror fflush fgets fileno fopen fork fprintf fputc fputs fread free
  freeaddrinfo fseek fstat ftell fwrite gai_strerror getaddrinfo getauxval getegid getentropy getenv
  geteuid getgid gethostbyname getnameinfo getpeername getpid getsockname getsockopt gettimeofday
  getuid gmtime_r ioctl isatty isxdigit kill listen lseek lstat madvise malloc memchr memcmp memcpy
  memmove memset mlock mmap mprotect munmap nanosleep ntohs open opendir openlog perror pipe poll
  posix_memalign printf pthread_attr_destroy pthread_attr_init pthread_attr_setdetachstate pthread_attr_setstacksize
  pthread_cond_broadcast pthread_cond_destroy pthread_cond_init pthread_cond_signal
  pthread_cond_timedwait pthread_cond_wait pthread_create pthread_detach pthread_exit
  pthread_getspecific pthread_join pthread_key_create pthread_key_delete pthread_mutex_destroy
  pthread_mutex_init pthread_mutex_lock pthread_mutex_trylock pthread_mutex_unlock
  pthread_mutexattr_destroy pthread_mutexattr_init pthread_mutexattr_settype pthread_once
  pthread_rwlock_destroy pthread_rwlock_init pthread_rwlock_rdlock pthread_rwlock_unlock
  pthread_rwlock_wrlock pthread_self pthread_setspecific putchar puts qsort read readdir readlink
  realloc recv recvfrom recvmmsg rename select send sendmmsg sendmsg sendto setbuf setpgid setsockopt shmat
  shmdt shmget shutdown sigaction signal snprintf socket socketpair sscanf stat stderr stdin stdout
  strcat strchr strcmp strcpy strcspn strdup strerror strerror_r strlen strncat strncmp strncpy
  strpbrk strrchr strspn strstr strtod strtof strtoimax strtok strtol strtold strtoll strtoul
  strtoull strtoumax swprintf symlink syscall sysconf syslog tcgetattr tcsetattr time times tolower
  toupper trunc uname unlink vfprintf wait waitpid wcstod wcstof wcstol wcstold wcstoll wcstoul
  wcstoull write
`;

/** Names of functions and variables, none of them newer than musl 1.2.3 of 2022. */
export const muslSymbols: ReadonlySet<string> = new Set(names.trim().split(/\s+/));
