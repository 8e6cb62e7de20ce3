/* SPDX-License-Identifier: EUPL-1.2 */
/* options.c - parsing the command line by table. */
#include "client/command/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/read/near.h"

enum { CANDIDATES_MAX = 96 };

const struct option options_global[] = {
    {"party", "DIR", N_("the party folder to act for (or SLUIS_PARTY)")},
    {"json", NULL, N_("print data as JSON")},
    {"timeout", "MS", N_("give up after so many milliseconds (default 10000)")},
    {"lang", "nl|en",
        N_("language of messages (default: LANG; Dutch if that is not set)")},
    {"quiet", NULL, N_("no progress and no advice on stderr")},
    {"help", NULL, N_("show help (also -h)")},
    {"version", NULL, N_("show the version")},
    {NULL, NULL, NULL},
};

/* --- near misses ----------------------------------------------------------------- */

struct words {
	const char *at[CANDIDATES_MAX];
	size_t      n;
};

static const char *
word_at(const void *arg, size_t i)
{
	const struct words *words = arg;

	return i < words->n ? words->at[i] : NULL;
}

static void
words_add(struct words *words, const char *word)
{
	if (words->n < CANDIDATES_MAX) words->at[words->n++] = word;
}

/* WORD is wrong for REASON; name the nearest of the candidates. */
static rc
complain_near(struct sluis_error *e, const char *word, const char *reason,
    const struct words *candidates)
{
	const char *near = nearest(word, word_at, candidates);

	ignore(error_set(e, RC_USAGE, word, reason));
	if (near != NULL) (void)snprintf(e->rule, sizeof e->rule, "%s", near);
	return RC_USAGE;
}

/* --- nouns and verbs ------------------------------------------------------------- */

static bool
has_noun(const char *noun)
{
	for (size_t i = 0; cli_verb_at(i) != NULL; i++)
		if (strcmp(cli_verb_at(i)->noun, noun) == 0) return true;
	return false;
}

static rc
complain_noun(struct sluis_error *e, const char *word)
{
	struct words words = {.n = 0};

	for (size_t i = 0; cli_verb_at(i) != NULL; i++)
		words_add(&words, cli_verb_at(i)->noun);
	return complain_near(e, word, N_("there is no such command"), &words);
}

static rc
complain_verb(struct sluis_error *e, const char *noun, const char *word)
{
	struct words words = {.n = 0};

	for (size_t i = 0; cli_verb_at(i) != NULL; i++)
		if (strcmp(cli_verb_at(i)->noun, noun) == 0)
			words_add(&words, cli_verb_at(i)->name);
	if (word == NULL)
		return error_set(e, RC_USAGE, noun, N_("what about it? name a verb"));
	return complain_near(e, word, N_("there is no such verb"), &words);
}

/* Choose the verb that these two words name. */
static rc
find_verb(struct cli *cli, const char *noun, const char *name, struct sluis_error *e)
{
	if (!has_noun(noun)) return complain_noun(e, noun);
	for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
		const struct verb *v = cli_verb_at(i);
		if (strcmp(v->noun, noun) != 0) continue;
		if (v->name != NULL && (name == NULL || strcmp(v->name, name) != 0))
			continue;
		cli->verb = v;
		return RC_OK;
	}
	return complain_verb(e, noun, name);
}

/* The noun and verb are the first two words that are no options and no values of global
 * ones. */
static rc
choose_verb(struct cli *cli, int argc, const char *const *argv, struct sluis_error *e)
{
	const char *words[2] = {NULL, NULL};
	size_t      n        = 0;

	for (int i = 1; i < argc && n < 2; i++) {
		const char *w = argv[i];
		if (strcmp(w, "--") == 0) break;
		if (w[0] != '-' || w[1] == '\0') {
			words[n++] = w;
			continue;
		}
		for (const struct option *o = options_global; o->name != NULL; o++)
			if (o->arg != NULL && strncmp(w, "--", 2) == 0 &&
			    strcmp(w + 2, o->name) == 0)
				i++;
	}
	if (n == 0) return RC_OK;
	return find_verb(cli, words[0], words[1], e);
}

/* --- options --------------------------------------------------------------------- */

static rc
set_timeout(struct cli *cli, const char *value, struct sluis_error *e)
{
	char *end;

	errno   = 0;
	long ms = strtol(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' || ms < 1 || ms > 3600000)
		return error_set(
		    e, RC_USAGE, "--timeout", N_("a number of milliseconds is needed"));
	cli->timeout_ms = (unsigned)ms;
	return RC_OK;
}

static rc
set_language(struct cli *cli, const char *value, struct sluis_error *e)
{
	if (strcmp(value, "nl") != 0 && strcmp(value, "en") != 0)
		return error_set(e, RC_USAGE, "--lang", N_("only nl and en are spoken"));
	cli->language = value;
	return RC_OK;
}

static rc
set_global(
    struct cli *cli, const struct option *o, const char *value, struct sluis_error *e)
{
	if (strcmp(o->name, "timeout") == 0) return set_timeout(cli, value, e);
	if (strcmp(o->name, "lang") == 0) return set_language(cli, value, e);
	if (strcmp(o->name, "party") == 0) cli->party = value;
	if (strcmp(o->name, "json") == 0) cli->json = true;
	if (strcmp(o->name, "quiet") == 0) cli->quiet = true;
	if (strcmp(o->name, "help") == 0) cli->help = true;
	if (strcmp(o->name, "version") == 0) cli->version = true;
	return RC_OK;
}

static const struct option *
find_option(const struct option *table, const char *name, size_t n)
{
	for (const struct option *o = table; o != NULL && o->name != NULL; o++)
		if (strlen(o->name) == n && strncmp(o->name, name, n) == 0) return o;
	return NULL;
}

static rc
complain_option(const struct cli *cli, struct sluis_error *e, const char *word)
{
	struct words words = {.n = 0};

	for (const struct option *o = options_global; o->name != NULL; o++)
		words_add(&words, o->name);
	for (const struct option *o = cli->verb != NULL ? cli->verb->options : NULL;
	     o != NULL && o->name != NULL; o++)
		words_add(&words, o->name);
	ignore(complain_near(e, word + 2, N_("there is no such option"), &words));
	if (e->rule[0] != '\0') {
		memmove(e->rule + 2, e->rule, sizeof e->rule - 2);
		memcpy(e->rule, "--", 2);
		e->rule[sizeof e->rule - 1] = '\0';
	}
	(void)snprintf(e->where, sizeof e->where, "%.*s", (int)strcspn(word, "="), word);
	return RC_USAGE;
}

/* How many words name the verb. */
static size_t
n_verb_words(const struct cli *cli)
{
	return cli->verb == NULL ? 0 : cli->verb->name != NULL ? 2 : 1;
}

/* The verb's own option of N bytes of NAME.  Where it is a global one as well (--party of
 * who asks, and of who is asked about), it is the verb's after the verb and global before
 * it. */
static const struct option *
find_own(const struct cli *cli, const char *name, size_t n)
{
	const struct option *own = cli->verb != NULL ? cli->verb->options : NULL;

	if (cli->n_args < n_verb_words(cli) &&
	    find_option(options_global, name, n) != NULL)
		return NULL;
	return find_option(own, name, n);
}

/* One option word at ARGV[*I]; moves *I past a value that is a word of its own. */
static rc
take_option(
    struct cli *cli, int argc, const char *const *argv, int *i, struct sluis_error *e)
{
	const char *name   = argv[*i] + 2;
	size_t      n      = strcspn(name, "=");
	const char *inside = name[n] == '=' ? name + n + 1 : NULL;

	const struct option *own   = cli->verb != NULL ? cli->verb->options : NULL;
	const struct option *found = find_own(cli, name, n);
	const struct option *global =
	    found == NULL ? find_option(options_global, name, n) : NULL;
	const struct option *o = found != NULL ? found : global;
	if (o == NULL) return complain_option(cli, e, argv[*i]);
	const char *value = inside;
	if (o->arg == NULL && inside != NULL)
		return error_set(e, RC_USAGE, argv[*i], N_("this option takes no value"));
	if (o->arg != NULL && inside == NULL) {
		if (*i + 1 >= argc)
			return error_set(
			    e, RC_USAGE, argv[*i], N_("this option needs a value"));
		value = argv[++*i];
	}
	if (global != NULL) return set_global(cli, global, value, e);
	if (cli->values[found - own] != NULL) {
		ignore(error_set(e, RC_USAGE, "", N_("this option is given twice")));
		(void)snprintf(e->where, sizeof e->where, "--%s", found->name);
		return RC_USAGE;
	}
	cli->values[found - own] = value != NULL ? value : "";
	return RC_OK;
}

static rc
take_argument(struct cli *cli, const char *word, struct sluis_error *e)
{
	if (cli->n_args == CLI_ARGS_MAX)
		return error_set(e, RC_USAGE, word, N_("too many arguments"));
	cli->args[cli->n_args++] = word;
	return RC_OK;
}

/* Drop the words that named the verb, and count what is left. */
static rc
check_arguments(struct cli *cli, struct sluis_error *e)
{
	size_t used = n_verb_words(cli);

	if (cli->n_args < used) used = cli->n_args;
	cli->n_args -= used;
	memmove(cli->args, cli->args + used, cli->n_args * sizeof *cli->args);
	if (cli->verb == NULL || cli->help) return RC_OK;
	if (cli->n_args < cli->verb->min_args)
		return error_set(
		    e, RC_USAGE, cli->verb->arguments, N_("an argument is missing"));
	if (cli->n_args > cli->verb->max_args)
		return error_set(e, RC_USAGE, cli->args[cli->verb->max_args],
		    N_("one argument too many"));
	return RC_OK;
}

rc
options_parse(
    struct cli *cli, int argc, const char *const *argv, struct sluis_error *error)
{
	bool rest = false;

	rc                 chosen = choose_verb(cli, argc, argv, error);
	struct sluis_error wrong_verb =
	    chosen != RC_OK ? *error : (struct sluis_error){0};
	for (int i = 1; i < argc; i++) {
		const char *w = argv[i];
		if (rest || w[0] != '-' || w[1] == '\0')
			TRY(take_argument(cli, w, error));
		else if (strcmp(w, "--") == 0)
			rest = true;
		else if (strcmp(w, "-h") == 0)
			cli->help = true;
		else if (w[1] != '-')
			return error_set(
			    error, RC_USAGE, w, N_("there is no such option"));
		else
			TRY(take_option(cli, argc, argv, &i, error));
	}
	if (chosen != RC_OK && !cli->help) {
		*error = wrong_verb;
		return chosen;
	}
	return check_arguments(cli, error);
}
