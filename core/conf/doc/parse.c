/* From XML text to a C struct, along a kind's table. */
#include "core/conf/doc/engine.h"

#include "core/base/xml.h"
#include "core/object/error.h"

static int read_fields(struct reader *reader, const struct doc_field *fields, unsigned n,
                       const struct frame *frame);
static int read_struct(struct reader *reader, const struct doc_struct *type,
                       const struct frame *frame);

/* ---- finding things */

static xmlAttr *find_attribute(xmlNode *node, const char *name)
{
    for (xmlAttr *attr = node ? node->properties : NULL; attr; attr = attr->next) {
        if (name_equal((const char *)attr->name, name) && !attr->ns)
            return attr;
    }
    return NULL;
}

/* Text as it stands, without a copy where the document has it in one piece. */
static const char *joined_text(xmlNode *first, xmlNode *owner, char **ret_copy)
{
    xmlChar *joined;

    if (!first)
        return "";
    if (!first->next && (first->type == XML_TEXT_NODE || first->type == XML_CDATA_SECTION_NODE))
        return (const char *)first->content;
    joined = xmlNodeGetContent(owner);
    *ret_copy = g_strdup((const char *)joined);
    xmlFree(joined);
    return *ret_copy;
}

static bool where_matches(const struct doc_field *field, xmlNode *node)
{
    xmlAttr *attr = find_attribute(node, field->rule->where);
    g_autofree char *copy = NULL;

    if (!attr)
        return field->flags & (DOC_WHERE_ABSENT | DOC_WHERE_DEFAULT);
    if (field->flags & DOC_WHERE_ABSENT)
        return false;
    return !field->rule->where_value ||
           name_equal(joined_text(attr->children, (xmlNode *)attr, &copy),
                      field->rule->where_value);
}

static bool in_namespace(const struct reader *reader, const xmlNode *node)
{
    if (!reader->uri)
        return !node->ns;
    return node->ns && name_equal((const char *)node->ns->href, reader->uri);
}

static xmlNode *next_element(const struct reader *reader, const struct doc_field *field,
                             xmlNode *node)
{
    for (; node; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && name_equal((const char *)node->name, field->name) &&
            in_namespace(reader, node) &&
            (!(field->flags & DOC_WHERE) || where_matches(field, node)))
            return node;
    }
    return NULL;
}

static bool skipped(const struct reader *reader, const struct doc_field *field)
{
    if (field->flags & DOC_ONLY_OUTPUT && !(reader->call.flags & DOC_PRINTED))
        return true;
    if (field->flags & DOC_ONLY_LIVE && reader->call.flags & DOC_INACTIVE)
        return true;
    return field->flags & DOC_ONLY_STATUS && !(reader->call.flags & DOC_STATUS);
}

static int missing(struct reader *reader, const struct doc_field *field, const struct frame *frame)
{
    const char *element = (const char *)(frame->node ? frame->node : frame->near)->name;
    struct doc_rule rule;
    struct doc_field absent;

    /* What is not there may have a code of its own. */
    if (field->rule && field->rule->missing) {
        rule = *field->rule;
        rule.error = rule.missing;
        absent = *field;
        absent.rule = &rule;
        field = &absent;
    }
    if (field->place == DOC_ATTRIBUTE)
        return doc_fail(reader, frame, field, VIR_ERR_XML_ERROR,
                        "Missing required attribute '%s' in element '%s'", field->name, element);
    /* The opening of this code says already what is missing. */
    if (field->rule && field->rule->error == VIR_ERR_NO_NAME)
        return doc_fail(reader, frame, field, VIR_ERR_NO_NAME, "element '%s'", element);
    return doc_fail(reader, frame, field, VIR_ERR_XML_ERROR,
                    "Missing required element '%s' in element '%s'", field->name, element);
}

/* ---- scalars */

static int finish_scalar(struct reader *reader, const struct doc_field *field,
                         const struct frame *frame, bool given)
{
    if (field->flags & DOC_GENERATE && doc_scalar_generate(reader, field, frame->base) < 0)
        return -1;
    if (given)
        return 0;
    if (field->flags & DOC_REQUIRED)
        return missing(reader, field, frame);
    doc_scalar_default(field, frame->base);
    return 0;
}

static int read_attribute(struct reader *reader, const struct doc_field *field,
                          const struct frame *frame)
{
    xmlAttr *attr = find_attribute(frame->node, field->name);
    g_autofree char *copy = NULL;
    const char *text;

    if (attr) {
        text = joined_text(attr->children, (xmlNode *)attr, &copy);
        if (doc_scalar_read(reader, field, frame, text, NULL, frame->node) < 0)
            return -1;
    }
    return field->flags & (DOC_GENERATE | DOC_REQUIRED | DOC_HAS_DEFAULT)
               ? finish_scalar(reader, field, frame, attr)
               : 0;
}

static int read_own_text(struct reader *reader, const struct doc_field *field,
                         const struct frame *frame)
{
    g_autofree char *copy = NULL;
    const char *text = "";

    if (frame->node && doc_has_elements(frame->node))
        text = copy = doc_text_around(frame->node);
    else if (frame->node)
        text = joined_text(frame->node->children, frame->node, &copy);
    if (*text && doc_scalar_read(reader, field, frame, text, NULL, frame->node) < 0)
        return -1;
    return finish_scalar(reader, field, frame, *text);
}

static int read_scalar_node(struct reader *reader, const struct doc_field *field,
                            const struct frame *frame, xmlNode *node, char *item)
{
    g_autofree char *copy = NULL;
    char **slot;

    if (field->type != DOC_XML)
        return doc_scalar_read(reader, field, frame, joined_text(node->children, node, &copy), item,
                               node);
    slot = (char **)(item ? item : frame->base + field->offset);
    g_free(*slot);
    *slot = doc_raw_xml(node);
    return 0;
}

static int read_scalar_element(struct reader *reader, const struct doc_field *field,
                               const struct frame *frame, xmlNode *node)
{
    bool given = node && node->children;

    if (node && field->type == DOC_FLAG) {
        *(bool *)(frame->base + field->offset) = true;
        return 0;
    }
    if (node && read_scalar_node(reader, field, frame, node, NULL) < 0)
        return -1;
    return field->type == DOC_FLAG ? 0 : finish_scalar(reader, field, frame, given);
}

/* ---- elements */

static int read_into(struct reader *reader, const struct doc_struct *type, char *base,
                     xmlNode *node, const struct frame *up)
{
    struct frame frame = {base, node, node ? node : up->near, up};

    return read_struct(reader, type, &frame);
}

static int complete(struct reader *reader, const struct doc_kind *kind, const struct frame *frame);

/* A document inside another is completed as one of its own is. It is a record of what has been
 * accepted once, maybe by another release: it is not judged again. */
static int read_part(struct reader *reader, const struct doc_field *field, char *base,
                     xmlNode *node, const struct frame *up)
{
    const struct doc_struct *type = field->detail;
    struct frame frame = {base, node, node ? node : up->near, up};

    if (read_struct(reader, type, &frame) < 0)
        return -1;
    return field->rule && field->rule->kind ? complete(reader, field->rule->kind, &frame) : 0;
}

/* Attributes and children of all elements of one name, as if the first had them. */
static void merge_others(const struct reader *reader, const struct doc_field *field, xmlNode *node)
{
    for (xmlNode *other = node; (other = next_element(reader, field, other->next));) {
        for (xmlAttr *attr = other->properties, *next; attr; attr = next) {
            next = attr->next;
            if (attr->ns || find_attribute(node, (const char *)attr->name))
                continue;
            xmlUnlinkNode((xmlNode *)attr);
            xmlAddChild(node, (xmlNode *)attr);
        }
        while (other->children) {
            xmlNode *child = other->children;

            xmlUnlinkNode(child);
            xmlAddChild(node, child);
        }
    }
}

/* All of them are read, since each must be right; the last one stays. */
static int read_repeated(struct reader *reader, const struct doc_field *field, char *base,
                         xmlNode *node, const struct frame *frame)
{
    const struct doc_struct *type = field->detail;

    for (; node; node = next_element(reader, field, node->next)) {
        doc_clear(type->layout, base);
        if (read_part(reader, field, base, node, frame) < 0)
            return -1;
    }
    return 0;
}

static int read_element(struct reader *reader, const struct doc_field *field,
                        const struct frame *frame)
{
    xmlNode *node = frame->node ? next_element(reader, field, frame->node->children) : NULL;
    const struct doc_struct *type = field->detail;
    char *base = frame->base + field->offset;

    if (node && field->rule && field->rule->count == 1 && next_element(reader, field, node->next))
        return doc_fail(reader, frame, field, VIR_ERR_XML_ERROR,
                        "only one element '%s' is possible here", field->name);
    if (field->type != DOC_STRUCT)
        return read_scalar_element(reader, field, frame, node);
    if (!node && field->flags & DOC_REQUIRED)
        return missing(reader, field, frame);
    if (!node && !(field->flags & DOC_ALWAYS))
        return 0;
    if (node && field->flags & DOC_TWICE_MERGED)
        merge_others(reader, field, node);
    if (field->flags & DOC_BY_POINTER) {
        char **slot = (char **)base;

        if (!*slot)
            *slot = g_malloc0(type->layout->size);
        base = *slot;
    }
    return field->flags & DOC_TWICE_LAST && node ? read_repeated(reader, field, base, node, frame)
                                                 : read_part(reader, field, base, node, frame);
}

/* ---- lists */

static size_t count_elements(const struct reader *reader, const struct doc_field *field,
                             xmlNode *node)
{
    size_t n = 0;

    while ((node = next_element(reader, field, node))) {
        node = node->next;
        n++;
    }
    return n;
}

static int read_list(struct reader *reader, const struct doc_field *field,
                     const struct frame *frame)
{
    xmlNode *node = frame->node ? frame->node->children : NULL;
    size_t n = count_elements(reader, field, node), *count;
    const struct doc_struct *type = field->detail;
    size_t size = field->type == DOC_STRUCT ? type->layout->size : field->size;
    char **items = (char **)(frame->base + field->offset);
    int rc = 0;

    if (n == 0 || *items)
        return n == 0 && field->flags & DOC_REQUIRED ? missing(reader, field, frame) : 0;
    if (field->rule && field->rule->count && n > field->rule->count)
        return doc_fail(reader, frame, field, VIR_ERR_XML_ERROR,
                        "at most %u elements '%s' are possible here", field->rule->count,
                        field->name);
    count = (size_t *)(frame->base + field->other);
    *items = g_malloc0_n(n, size);
    while (rc == 0 && (node = next_element(reader, field, node))) {
        char *item = *items + *count * size;

        /* Counted before it is read: a half-read item has to be freed, too. */
        ++*count;
        rc = field->type == DOC_STRUCT ? read_into(reader, type, item, node, frame)
                                       : read_scalar_node(reader, field, frame, node, item);
        if (rc == 0 && field->rule && field->type == DOC_STRUCT)
            rc = doc_place_item(reader, field, frame, *items, *count - 1, size);
        node = node->next;
    }
    return rc;
}

static const struct doc_field *any_field(const struct reader *reader, const struct doc_any *any,
                                         xmlNode *node)
{
    if (node->type != XML_ELEMENT_NODE || !in_namespace(reader, node))
        return NULL;
    for (unsigned i = 0; i < any->n_fields; i++) {
        if (name_equal(any->fields[i].name, (const char *)node->name))
            return &any->fields[i];
    }
    return NULL;
}

static int read_any_item(struct reader *reader, const struct doc_any *any,
                         const struct doc_field *field, char *item, xmlNode *node,
                         const struct frame *frame)
{
    const struct doc_struct *type = field->detail;
    char **slot = (char **)(item + field->offset);

    if (any->negate) {
        struct frame at = {item, node, node, frame};
        struct doc_field negate = {.name = any->negate,
                                   .place = DOC_ATTRIBUTE,
                                   .type = DOC_WORD,
                                   .size = 4,
                                   .flags = DOC_WRONG_ABSENT,
                                   .offset = any->negate_offset,
                                   .detail = &doc_yesno_words};

        if (read_attribute(reader, &negate, &at) < 0)
            return -1;
    }
    *slot = g_malloc0(type->layout->size);
    return read_into(reader, type, *slot, node, frame);
}

/* What can be negated is tests of one thing: the first one's name is theirs. */
static int read_any(struct reader *reader, const struct doc_field *field, const struct frame *frame)
{
    const struct doc_any *any = field->detail;
    const struct doc_field *leader = NULL;
    xmlNode *first = frame->node ? frame->node->children : NULL;
    char **items = (char **)(frame->base + field->offset);
    size_t *count = (size_t *)(frame->base + field->other), n = 0;

    for (xmlNode *node = first; node; node = node->next)
        n += any_field(reader, any, node) != NULL;
    if (n == 0)
        return 0;
    *items = g_malloc0_n(n, any->layout->size);
    for (xmlNode *node = first; node; node = node->next) {
        const struct doc_field *one = any_field(reader, any, node);
        char *item = *items + *count * any->layout->size;

        if (!one || (any->negate && leader && leader != one))
            continue;
        leader = one;
        ++*count;
        if (read_any_item(reader, any, one, item, node, frame) < 0)
            return -1;
    }
    return 0;
}

/* ---- structs */

static bool text_matches(const struct doc_when *when, const char *text)
{
    bool found = false;

    for (const char *const *word = when->texts; *word && text && !found; word++)
        found = name_equal(*word, text);
    return found != when->negate;
}

bool doc_when_applies(const struct doc_when *when, const struct frame *frame)
{
    for (unsigned up = when->up; up > 0; up--)
        frame = frame->up;
    if (when->texts)
        return text_matches(when, *(char *const *)(frame->base + when->offset));
    return when->values >> *(const uint8_t *)(frame->base + when->offset) & 1;
}

static int run_hook(struct reader *reader, doc_hook *const *hook, void *part,
                    const struct frame *frame)
{
    if (!hook || !*hook)
        return 0;
    reader->call.node = frame->near;
    return (*hook)(part, &reader->call);
}

static int read_namespace(struct reader *reader, const struct doc_namespace *space,
                          const struct frame *frame)
{
    int rc;

    if (g_strcmp0(reader->call.ctx->driver, "*") != 0 &&
        g_strcmp0(reader->call.ctx->driver, space->driver) != 0)
        return 0;
    reader->uri = space->uri;
    rc = read_fields(reader, space->fields, space->n_fields, frame);
    reader->uri = NULL;
    return rc;
}

static int read_dependent(struct reader *reader, const struct doc_field *field,
                          const struct frame *frame)
{
    const struct doc_when *when = field->detail;

    switch (field->place) {
    case DOC_WHEN:
        return doc_when_applies(when, frame)
                   ? read_fields(reader, when->fields, when->n_fields, frame)
                   : 0;
    case DOC_HOOK:
        return run_hook(reader, field->detail, frame->base + field->offset, frame);
    default:
        return read_namespace(reader, field->detail, frame);
    }
}

static int read_plain(struct reader *reader, const struct doc_field *field,
                      const struct frame *frame)
{
    switch (field->place) {
    case DOC_ATTRIBUTE:
        return read_attribute(reader, field, frame);
    case DOC_TEXT:
        return read_own_text(reader, field, frame);
    case DOC_ELEMENT:
        return read_element(reader, field, frame);
    case DOC_LIST:
        return read_list(reader, field, frame);
    case DOC_HOOK:
        return run_hook(reader, field->detail, frame->base + field->offset, frame);
    default:
        return read_any(reader, field, frame);
    }
}

/* Blocks that depend on other members, and what stands behind such a block, come after those
 * members; a hook without a block before it runs when everything before it is read. */
static int read_fields(struct reader *reader, const struct doc_field *fields, unsigned n,
                       const struct frame *frame)
{
    unsigned first = n; /* of those that wait */

    for (unsigned i = 0; i < n; i++) {
        bool waits = fields[i].place >= DOC_WHEN && (fields[i].place != DOC_HOOK || first < n);

        if (waits)
            first = MIN(first, i);
        else if (!skipped(reader, &fields[i]) && read_plain(reader, &fields[i], frame) < 0)
            return -1;
    }
    for (unsigned i = first; i < n; i++) {
        if (fields[i].place >= DOC_WHEN && read_dependent(reader, &fields[i], frame) < 0)
            return -1;
    }
    return 0;
}

static int read_struct(struct reader *reader, const struct doc_struct *type,
                       const struct frame *frame)
{
    if (read_fields(reader, type->fields, type->n_fields, frame) < 0)
        return -1;
    return run_hook(reader, type->hook, frame->base, frame);
}

/* ---- entry points */

static int complete(struct reader *reader, const struct doc_kind *kind, const struct frame *frame)
{
    const struct doc_context *ctx = reader->call.ctx;

    if (run_hook(reader, &ctx->post_parse_early, frame->base, frame) < 0 ||
        run_hook(reader, kind->post_parse, frame->base, frame) < 0)
        return -1;
    return run_hook(reader, &ctx->post_parse, frame->base, frame);
}

static int judge(struct reader *reader, const struct doc_kind *kind, const struct frame *frame)
{
    if (run_hook(reader, kind->validate, frame->base, frame) < 0)
        return -1;
    return run_hook(reader, &reader->call.ctx->validate, frame->base, frame);
}

static int read_root(struct reader *reader, const struct doc_kind *kind, xmlDoc *doc, void *def)
{
    xmlNode *root = xmlDocGetRootElement(doc);
    struct frame frame = {def, root, root, NULL};

    if (!name_equal((const char *)root->name, kind->element))
        return doc_fail_node(root, VIR_ERR_XML_ERROR, "expecting root element of '%s', not '%s'",
                             kind->element, (const char *)root->name);
    if (reader->call.flags & DOC_VALIDATE &&
        doc_check_grammar(kind, reader->call.ctx->grammars, doc) < 0)
        return -1;
    if (read_struct(reader, kind->root, &frame) < 0)
        return -1;
    return complete(reader, kind, &frame) < 0 ? -1 : judge(reader, kind, &frame);
}

static const struct doc_context no_context;

int doc_parse(const struct doc_kind *kind, const char *xml, const struct doc_context *ctx,
              unsigned flags, void **ret_def)
{
    struct reader reader = {{ctx ? ctx : &no_context, flags, NULL}, NULL};
    xmlDoc *doc = xml_parse(xml, kind->label);
    void *def;
    int rc;

    if (!doc)
        return -1;
    def = g_malloc0(kind->root->layout->size);
    rc = read_root(&reader, kind, doc, def);
    xmlFreeDoc(doc);
    if (rc < 0)
        doc_free(kind->root->layout, def);
    else
        *ret_def = def;
    return rc;
}

static const struct doc_field *part_field(struct reader *reader, const struct doc_struct *parent,
                                          xmlNode *root)
{
    for (unsigned i = 0; i < parent->n_fields; i++) {
        const struct doc_field *field = &parent->fields[i];

        if ((field->place == DOC_ELEMENT || field->place == DOC_LIST) &&
            field->type == DOC_STRUCT && name_equal(field->name, (const char *)root->name))
            return field;
    }
    doc_fail_node(root, VIR_ERR_XML_ERROR, "unknown device type '%s'", (const char *)root->name);
    (void)reader;
    return NULL;
}

int doc_parse_part(const struct doc_struct *parent, const char *xml, const struct doc_context *ctx,
                   unsigned flags, const struct doc_field **ret_field, void **ret_part)
{
    struct reader reader = {{ctx ? ctx : &no_context, flags, NULL}, NULL};
    xmlDoc *doc = xml_parse(xml, "device_definition");
    xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    const struct doc_field *field = root ? part_field(&reader, parent, root) : NULL;
    int rc = -1;

    if (field) {
        const struct doc_struct *type = field->detail;
        void *part = g_malloc0(type->layout->size);
        struct frame around = {NULL, NULL, root, NULL};

        rc = read_into(&reader, type, part, root, &around);
        if (rc < 0) {
            doc_free(type->layout, part);
        } else {
            *ret_field = field;
            *ret_part = part;
        }
    }
    xmlFreeDoc(doc);
    return rc;
}

const struct doc_layout *doc_part_layout(const struct doc_field *field)
{
    return ((const struct doc_struct *)field->detail)->layout;
}
