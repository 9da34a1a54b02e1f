/* libxml2 with the official schemas, timed: libxml2 SCHEMAS LIST SECONDS.
 *
 * Schemas are compiled once, the parser and its dictionary are kept, files are taken into memory first.
 * One line of JSON says what was done. Laps are counted in whole; the first one, which warms up, is not
 * timed unless it is the only one. */

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_MESSAGES = 4096 };

static const char *NAMESPACES[3][2] = {
    {"urn:oasis:names:tc:emergency:cap:1.2", "CAP-v1.2.xsd"},
    {"urn:oasis:names:tc:emergency:cap:1.1", "CAP-v1.1.xsd"},
    {"http://www.incident.com/cap/1.0", "CAP-v1.0.xsd"},
};

static xmlSchemaValidCtxtPtr schemas[3];
static xmlParserCtxtPtr parser;
static char *messages[MOST_MESSAGES];
static int lengths[MOST_MESSAGES];
static int count;

static void quiet(void *context, const char *format, ...) {
    (void)context;
    (void)format;
}

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void take_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file || count == MOST_MESSAGES) {
        fprintf(stderr, "failed to take %s\n", path);
        exit(1);
    }
    fseek(file, 0, SEEK_END);
    lengths[count] = (int)ftell(file);
    rewind(file);
    messages[count] = malloc((size_t)lengths[count] + 1);
    if (!messages[count] || fread(messages[count], 1, (size_t)lengths[count], file) != (size_t)lengths[count]) {
        fprintf(stderr, "failed to read %s\n", path);
        exit(1);
    }
    fclose(file);
    count++;
}

static int accepts(int message) {
    int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    xmlDocPtr document = xmlCtxtReadMemory(parser, messages[message], lengths[message], "", NULL, options);
    if (!document) return 0;
    xmlNodePtr root = xmlDocGetRootElement(document);
    int valid = 0;
    for (int i = 0; root && root->ns && i < 3; i++) {
        if (strcmp((const char *)root->ns->href, NAMESPACES[i][0]) == 0) {
            valid = xmlSchemaValidateDoc(schemas[i], document) == 0;
        }
    }
    xmlFreeDoc(document);
    return valid;
}

static int lap(void) {
    int accepted = 0;
    for (int i = 0; i < count; i++) accepted += accepts(i);
    return accepted;
}

static long peak_kib(void) {
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long kib = 0;
    while (status && fgets(line, sizeof line, status)) sscanf(line, "VmHWM: %ld", &kib);
    if (status) fclose(status);
    return kib;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("%s\n", LIBXML_DOTTED_VERSION);
        return 0;
    }
    if (argc != 4) return 2;
    xmlSetGenericErrorFunc(NULL, quiet);
    parser = xmlNewParserCtxt();
    for (int i = 0; i < 3; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", argv[1], NAMESPACES[i][1]);
        xmlSchemaParserCtxtPtr reader = xmlSchemaNewParserCtxt(path);
        xmlSchemaPtr schema = reader ? xmlSchemaParse(reader) : NULL;
        if (!schema) {
            fprintf(stderr, "failed to compile %s\n", path);
            return 1;
        }
        schemas[i] = xmlSchemaNewValidCtxt(schema);
        xmlSchemaSetValidErrors(schemas[i], quiet, quiet, NULL);
        xmlSchemaFreeParserCtxt(reader);
    }
    FILE *list = fopen(argv[2], "r");
    char path[4096];
    while (list && fgets(path, sizeof path, list)) {
        path[strcspn(path, "\n")] = 0;
        take_file(path);
    }
    double budget = atof(argv[3]);
    double begun = cpu_seconds();
    int accepted = lap(), laps = 1;
    if (budget > 0) {
        begun = cpu_seconds();
        laps = 0;
        while (laps == 0 || cpu_seconds() - begun < budget) {
            accepted = lap();
            laps++;
        }
    }
    double spent = cpu_seconds() - begun;
    long long bytes = 0;
    for (int i = 0; i < count; i++) bytes += lengths[i];
    printf("{\"messages\":%d,\"bytes\":%lld,\"seconds\":%.6f,\"accepted\":%d,\"peak_kib\":%ld}\n",
           count * laps, bytes * laps, spent, accepted, peak_kib());
    return 0;
}
