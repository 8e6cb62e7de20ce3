/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * cosigned.h - a checkpoint of a public log, as its witnesses cosigned it.
 *
 * The head of the certificate log arche2025h1 (staging) of 23 May 2026 with the lines of
 * four public witnesses, published with the tests of a python implementation of the
 * tlog formats; the witnesses' verifier keys as their operators publish them.  The
 * first line of the log is of a type that we do not know, and so to be passed over.
 */
#ifndef SLUIS_TESTS_COSIGNED_H
#define SLUIS_TESTS_COSIGNED_H

enum { N_FOREIGN = 4, FOREIGN_TIME = 0x6a122120 };

static const char *const foreign_witnesses[N_FOREIGN] = {
    ("transparency.dev/DEV:witness-little-garden+d8042a87+"
     "BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM"),
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
};

static const char foreign_log[] = "arche2025h1.staging.ct.transparency.dev+ba2f06c0+"
                                  "AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f";

static const char foreign_note[] =
    "arche2025h1.staging.ct.transparency.dev\n"
    "1432088532\n"
    "U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n"
    "\n"
    "\xe2\x80\x94 arche2025h1.staging.ct.transparency.dev "
    "zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BX"
    "aHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n"
    "\xe2\x80\x94 arche2025h1.staging.ct.transparency.dev "
    "ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1"
    "k3ZFWwQ=\n"
    "\xe2\x80\x94 transparency.dev/DEV:witness-little-garden "
    "2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErum"
    "C2q44vdgJY096st5BQ==\n"
    "\xe2\x80\x94 witness1.smartit.nu/witness1 "
    "pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWV"
    "uE0tgh0XwzdZsDsUAQ==\n"
    "\xe2\x80\x94 remora.n621.de "
    "2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU"
    "/zZ0WBxtqB0DrAWfBw==\n"
    "\xe2\x80\x94 witness.stagemole.eu "
    "Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI"
    "7cUiOvKFYe/TmN9DAg==\n";

#endif
