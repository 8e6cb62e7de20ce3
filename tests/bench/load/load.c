/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * load.c - one round of work for one broker, figures as one line of JSON.
 *
 *	load-sluis --region DIR --to politie,om,nla --signals FILE [--from meldpunt]
 *	           [--convenant riec] [--phase 1] [--purpose casusoverleg]
 *	           [--idle NAMES]
 *	load-mosquitto | load-rabbitmq --port N --certificates DIR --to a,b,c
 *	           --signals FILE
 *
 *	and: [--pid BROKER] [--warm S] [--seconds S] [--rate PER_SECOND] [--window N]
 *	     [--batch N]
 *
 * What is measured stands in run.h.
 */
#include "load.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

/* At once: other threads are at work. */
void
die(const char *what)
{
	fprintf(stderr, "load-%s: %s\n", backend_name, what);
	_exit(1);
}

void
die_of(const char *what, const char *why)
{
	fprintf(stderr, "load-%s: %s: %s\n", backend_name, what, why);
	_exit(1);
}

uint64_t
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void
print_figures(const struct plan *p, const struct round *r, const struct figures *f)
{
	double signals = f->signals == 0 ? 1 : (double)f->signals;

	printf("{\"broker\": \"%s\", \"rate\": %.1f, \"seconds\": %.3f, "
	       "\"sent\": %llu, \"signals\": %llu, \"deliveries\": %llu, "
	       "\"signal_bytes\": %.0f, "
	       "\"recipients\": %zu, \"window\": %zu, \"batch\": %zu, ",
	    backend_name, r->rate, f->seconds, (unsigned long long)f->sent,
	    (unsigned long long)f->signals, (unsigned long long)f->deliveries,
	    payload_mean(&p->payload), p->n_to, p->window, p->batch);
	printf("\"signals_per_s\": %.1f, \"deliveries_per_s\": %.1f, "
	       "\"accept_p50_ms\": %.3f, \"accept_p99_ms\": %.3f, "
	       "\"deliver_p50_ms\": %.3f, \"deliver_p99_ms\": %.3f, ",
	    (double)f->signals / f->seconds, (double)f->deliveries / f->seconds,
	    histogram_ms(&f->accept, 0.5), histogram_ms(&f->accept, 0.99),
	    histogram_ms(&f->deliver, 0.5), histogram_ms(&f->deliver, 0.99));
	printf("\"broker_cpu_s_per_1000\": %.4f, \"load_cpu_s_per_1000\": %.4f, "
	       "\"broker_peak_kib\": %ld, \"broker_now_kib\": %ld, "
	       "\"broker_processes\": %d}\n",
	    f->broker_cpu_s * 1000 / signals, f->load_cpu_s * 1000 / signals,
	    f->broker.peak_kib, f->broker.now_kib, f->broker.processes);
}

/* --- options --------------------------------------------------------------------- */

static void
split_names(char *list, const char **names, size_t *n, size_t max)
{
	for (char *rest = list, *name; (name = strsep(&rest, ",")) != NULL;) {
		if (*n == max) die("too many names");
		names[(*n)++] = name;
	}
}

static void
set_option(int c, char *value, struct plan *p, struct round *r)
{
	switch (c) {
	case 'R':
		p->region = value;
		break;
	case 'c':
		p->convenant = value;
		break;
	case 'p':
		p->phase = value;
		break;
	case 'x':
		p->purpose = value;
		break;
	case 'f':
		p->from = value;
		break;
	case 't':
		split_names(value, p->to, &p->n_to, LOAD_RECIPIENTS_MAX);
		break;
	case 'I':
		split_names(value, p->idle, &p->n_idle, LOAD_IDLE_MAX);
		break;
	case 's':
		p->payload = payload_read(value);
		break;
	case 'C':
		p->certificates = value;
		break;
	case 'P':
		p->port = (int)strtol(value, NULL, 10);
		break;
	case 'i':
		r->broker_pid = strtol(value, NULL, 10);
		break;
	case 'a':
		r->warm_s = strtod(value, NULL);
		break;
	case 'e':
		r->measure_s = strtod(value, NULL);
		break;
	case 'r':
		r->rate = strtod(value, NULL);
		break;
	case 'w':
		p->window = strtoul(value, NULL, 10);
		break;
	case 'b':
		p->batch = strtoul(value, NULL, 10);
		break;
	default:
		exit(2);
	}
}

static void
parse(int argc, char **argv, struct plan *p, struct round *r)
{
	static const struct option known[] = {{"region", 1, NULL, 'R'},
	    {"convenant", 1, NULL, 'c'}, {"phase", 1, NULL, 'p'},
	    {"purpose", 1, NULL, 'x'}, {"from", 1, NULL, 'f'}, {"to", 1, NULL, 't'},
	    {"signals", 1, NULL, 's'}, {"certificates", 1, NULL, 'C'},
	    {"port", 1, NULL, 'P'}, {"pid", 1, NULL, 'i'}, {"idle", 1, NULL, 'I'},
	    {"warm", 1, NULL, 'a'}, {"seconds", 1, NULL, 'e'}, {"rate", 1, NULL, 'r'},
	    {"window", 1, NULL, 'w'}, {"batch", 1, NULL, 'b'}, {NULL, 0, NULL, 0}};

	for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;)
		set_option(c, optarg, p, r);
	if (optind != argc || p->n_to == 0 || p->payload.n == 0 || p->batch == 0 ||
	    p->window < p->batch || p->window > LOAD_WINDOW_MAX)
		die("usage: see the head of load.c");
}

int
main(int argc, char **argv)
{
	static struct figures f;
	struct plan           p = {.convenant = "riec",
	              .phase                  = "1",
	              .purpose                = "casusoverleg",
	              .from                   = "meldpunt",
	              .batch                  = 1,
	              .window                 = 64,
	              .timer                  = -1};
	struct round          r = {.warm_s = 1, .measure_s = 5};

	(void)signal(SIGPIPE, SIG_IGN);
	parse(argc, argv, &p, &r);
	round_run(&p, &r, &f);
	print_figures(&p, &r, &f);
	payload_free(&p.payload);
	return 0;
}
