/*
 * Runs calls of entry functions on the Aptos-derived Move VM of a shared library, over a store in
 * memory, on one thread, and says what the measured ones took.
 *
 *   drive LIBRARY INPUT
 *
 * INPUT has numbers of 64 bits, little-endian, and blobs, each after its length:
 *
 *   settings, environment, bundle, publishers   the machine, and modules to publish at genesis
 *   n, n times: environment, senders, function  calls before the clock starts
 *   n, n times: environment, senders, function  measured calls
 *   n, n times: environment, view function      questions at the end
 *
 * All blobs are BCS and go to the library as they are. On standard output: wall and CPU time in ns,
 * resident memory in KiB, gas of all measured calls; and the answer to each question, in hex.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what, const void *detail, size_t size) {
  fprintf(stderr, "%s: %.*s\n", what, (int)size, (const char *)detail);
  exit(1);
}

/* What the library takes and gives. */

struct given { bool is_none; uint8_t *bytes; size_t size; size_t room; }; /* the library's own memory */
struct slice { bool is_none; const uint8_t *bytes; size_t size; };         /* somebody else's memory */

struct iterator { uint64_t call, index; };
struct scan { struct iterator state; void *next; size_t prefix; };

struct store {
  void *state;
  int32_t (*read)(void *, struct slice, struct given *, struct given *);
  int32_t (*write)(void *, struct slice, struct slice, struct given *);
  int32_t (*remove)(void *, struct slice, struct given *);
  int32_t (*scan)(void *, struct slice, struct slice, struct slice, int32_t, struct scan *, struct given *);
};

/* What else a chain would know: accounts, stakes, prices, queries. Transfers ask for nothing of it. */
struct chain { void *state; int32_t (*ask[6])(void); };

struct vm;
static struct vm *(*allocate)(struct slice);
static struct given (*make)(bool, const uint8_t *, size_t);
static void (*destroy)(struct given);
static struct given (*genesis)(struct vm *, struct store, struct chain, struct slice, struct slice, struct slice, struct given *);
static struct given (*execute)(struct vm *, uint64_t *, struct store, struct chain, struct slice, struct slice, struct slice, struct given *);
static struct given (*view)(struct vm *, uint64_t *, struct store, struct chain, struct slice, struct slice, struct given *);

/* What a callback answers with. */
enum { DONE = 0, UNKNOWN = 5 };

/* The store: a hash table with chains. */

struct entry { struct entry *next; uint64_t hash; size_t key_size, size; uint8_t *key, *bytes; };
#define SLOTS (1u << 20)
static struct entry *slots[SLOTS];

static uint64_t hash_of(const uint8_t *bytes, size_t size) {
  uint64_t hash = 0x9e3779b97f4a7c15u ^ size, word;
  for (; size >= 8; bytes += 8, size -= 8) {
    memcpy(&word, bytes, 8);
    hash = (hash ^ word) * 0xff51afd7ed558ccdu;
    hash ^= hash >> 32;
  }
  word = 0;
  memcpy(&word, bytes, size);
  hash = (hash ^ word) * 0xff51afd7ed558ccdu;
  return hash ^ (hash >> 32);
}

/* Where an entry is, or would be linked. */
static struct entry **find(struct slice key, uint64_t hash) {
  struct entry **at = &slots[hash % SLOTS];
  while (*at && ((*at)->hash != hash || (*at)->key_size != key.size || memcmp((*at)->key, key.bytes, key.size)))
    at = &(*at)->next;
  return at;
}

static uint8_t *copy(const uint8_t *bytes, size_t size) {
  uint8_t *made = malloc(size ? size : 1);
  if (!made) fail("out of memory", "", 0);
  return memcpy(made, bytes, size);
}

static int32_t store_read(void *state, struct slice key, struct given *value, struct given *error) {
  (void)state, (void)error;
  struct entry *entry = *find(key, hash_of(key.bytes, key.size));
  if (entry) *value = make(false, entry->bytes, entry->size);
  return DONE;
}

static int32_t store_write(void *state, struct slice key, struct slice value, struct given *error) {
  (void)state, (void)error;
  uint64_t hash = hash_of(key.bytes, key.size);
  struct entry **at = find(key, hash);
  if (!*at) {
    struct entry made = {NULL, hash, key.size, 0, copy(key.bytes, key.size), NULL};
    *at = (struct entry *)copy((const uint8_t *)&made, sizeof made);
  }
  free((*at)->bytes);
  (*at)->bytes = copy(value.bytes, value.size);
  (*at)->size = value.size;
  return DONE;
}

static int32_t store_remove(void *state, struct slice key, struct given *error) {
  (void)state, (void)error;
  struct entry **at = find(key, hash_of(key.bytes, key.size)), *entry = *at;
  if (entry) {
    *at = entry->next;
    free(entry->key), free(entry->bytes), free(entry);
  }
  return DONE;
}

static int32_t store_scan(void *state, struct slice prefix, struct slice start, struct slice end, int32_t order,
                          struct scan *out, struct given *error) {
  (void)state, (void)prefix, (void)start, (void)end, (void)order, (void)out, (void)error;
  return UNKNOWN;
}

static int32_t unknown(void) { return UNKNOWN; }

static const struct store store = {slots, store_read, store_write, store_remove, store_scan};
static const struct chain chain = {slots, {unknown, unknown, unknown, unknown, unknown, unknown}};

/* The input. */

static uint8_t *input;
static size_t input_size, input_at;

static uint64_t next_number(void) {
  uint64_t number;
  if (input_size - input_at < sizeof number) fail("the input ends early", "", 0);
  memcpy(&number, input + input_at, sizeof number);
  input_at += sizeof number;
  return number;
}

static struct slice next_blob(void) {
  uint64_t size = next_number();
  if (input_size - input_at < size) fail("the input ends early", "", 0);
  struct slice blob = {false, input + input_at, size};
  input_at += size;
  return blob;
}

static void load(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) fail("cannot read", path, strlen(path));
  long size = ftell(file);
  rewind(file);
  input = malloc(size > 0 ? (size_t)size : 1);
  input_size = size > 0 ? (size_t)size : 0;
  if (!input || fread(input, 1, input_size, file) != input_size) fail("cannot read", path, strlen(path));
  fclose(file);
}

/* Calls. */

/* More than any call takes; the meter runs all the same. */
static const uint64_t GAS = 1000000000000;

/* What the library returns when it is content. */
static struct given checked(const char *what, struct given result, struct given error) {
  if (!error.is_none) fail(what, error.bytes, error.size);
  if (errno) fail(what, strerror(errno), strlen(strerror(errno)));
  if (result.is_none) fail(what, "no result", 9);
  return result;
}

/* Makes the next calls of the input, and says what gas they used. */
static uint64_t run(struct vm *vm) {
  uint64_t used = 0;
  for (uint64_t left = next_number(); left; left--) {
    struct slice environment = next_blob(), senders = next_blob(), function = next_blob();
    struct given error = {.is_none = true};
    uint64_t gas = GAS;
    errno = 0;
    struct given result = execute(vm, &gas, store, chain, environment, senders, function, &error);
    destroy(checked("a call failed", result, error));
    used += GAS - gas;
  }
  return used;
}

static uint64_t clock_ns(clockid_t clock) {
  struct timespec at;
  clock_gettime(clock, &at);
  return (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
}

static long resident_kib(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file || fscanf(file, "%*d %ld", &pages) != 1) fail("no /proc/self/statm", "", 0);
  fclose(file);
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void *symbol(void *library, const char *name) {
  void *found = dlsym(library, name);
  if (!found) fail("the library has no function", name, strlen(name));
  return found;
}

int main(int count, char **arguments) {
  if (count != 3) fail("usage", "drive LIBRARY INPUT", 19);
  void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (!library) fail("cannot load the library", dlerror(), 200);
  *(void **)&allocate = symbol(library, "allocate_vm");
  *(void **)&make = symbol(library, "new_unmanaged_vector");
  *(void **)&destroy = symbol(library, "destroy_unmanaged_vector");
  *(void **)&genesis = symbol(library, "initialize");
  *(void **)&execute = symbol(library, "execute_contract");
  *(void **)&view = symbol(library, "execute_view_function");
  load(arguments[2]);

  struct slice settings = next_blob();
  struct vm *vm = allocate(settings);
  struct slice environment = next_blob(), bundle = next_blob(), publishers = next_blob();
  struct given error = {.is_none = true};
  errno = 0;
  struct given made = genesis(vm, store, chain, environment, bundle, publishers, &error);
  destroy(checked("genesis failed", made, error));
  run(vm);

  uint64_t wall = clock_ns(CLOCK_MONOTONIC), cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  uint64_t gas = run(vm);
  cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu, wall = clock_ns(CLOCK_MONOTONIC) - wall;
  printf("%llu %llu %ld %llu\n", (unsigned long long)wall, (unsigned long long)cpu, resident_kib(),
         (unsigned long long)gas);

  for (uint64_t left = next_number(); left; left--) {
    struct slice around = next_blob(), function = next_blob();
    struct given failure = {.is_none = true};
    uint64_t limit = GAS;
    errno = 0;
    struct given answer = checked("a question failed", view(vm, &limit, store, chain, around, function, &failure), failure);
    for (size_t at = 0; at < answer.size; at++) printf("%02x", answer.bytes[at]);
    printf("\n");
    destroy(answer);
  }
  return 0;
}
