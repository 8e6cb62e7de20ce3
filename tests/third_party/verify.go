// SPDX-License-Identifier: EUPL-1.2
//
// verify.go - our receipts and exports, checked by golang.org/x/mod/sumdb as Debian packages
// it (note: signed notes; tlog: trees, proofs, tiles): the code that checks Go's own checksum
// database, unchanged.  Nothing of what is judged here is computed here: this file only
// finds the bytes.
//
//	verify VKEY tiles DIR [OLDER-CHECKPOINT]
//	verify VKEY receipt FILE
//
// ends with 0 or 6.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "verify.go:", err)
		os.Exit(6)
	}
}

func bad(format string, args ...interface{}) { must(fmt.Errorf(format, args...)) }

// A checkpoint as C2SP has it: origin, size, root.
func openHead(raw []byte, vkey string) tlog.Tree {
	verifier, err := note.NewVerifier(vkey)
	must(err)
	n, err := note.Open(raw, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		bad("not the checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	must(err)
	if len(root) != tlog.HashSize {
		bad("a root of %d bytes", len(root))
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree
}

// The folder as the reader of tiles that tlog.TileHashReader asks, and checks.
type folder string

func (folder) Height() int                         { return 8 }
func (folder) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (dir folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		data, err := dir.read(t)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// Go writes the height into the path; C2SP knows only 8 and leaves it out.  A fuller tile
// may have taken the place of a partial one.
func (dir folder) read(t tlog.Tile) ([]byte, error) {
	for w := t.W; w <= 256; w++ {
		u := t
		u.W = w
		path := strings.Replace(u.Path(), "tile/8/data/", "tile/entries/", 1)
		path = strings.Replace(path, "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(dir), path))
		if err == nil && t.L >= 0 {
			if len(data) != w*tlog.HashSize {
				return nil, fmt.Errorf("%s has %d bytes", path, len(data))
			}
			return data[:t.W*tlog.HashSize], nil
		}
		if err == nil || !os.IsNotExist(err) {
			return data, err
		}
	}
	return nil, fmt.Errorf("%s is missing", t.Path())
}

func (dir folder) entries(tree tlog.Tree, each func(index int64, leaf []byte)) {
	for at := int64(0); at < tree.N; at += 256 {
		width := int(tree.N - at)
		if width > 256 {
			width = 256
		}
		data, err := dir.read(tlog.Tile{H: 8, L: -1, N: at / 256, W: width})
		must(err)
		for i := 0; i < width; i++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				bad("bundle %d is cut short", at/256)
			}
			n := 2 + int(binary.BigEndian.Uint16(data))
			each(at+int64(i), data[2:n])
			data = data[n:]
		}
	}
}

func verifyTiles(vkey, dir string, older []string) {
	raw, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	must(err)
	tree := openHead(raw, vkey)
	hashes := tlog.TileHashReader(tree, folder(dir))
	if tree.N > 0 {
		root, err := tlog.TreeHash(tree.N, hashes)
		must(err)
		if root != tree.Hash {
			bad("the tiles give another root")
		}
	}
	var want []tlog.Hash
	for at := int64(0); at < tree.N; at++ {
		if at%256 == 0 {
			var indexes []int64
			for i := at; i < tree.N && i < at+256; i++ {
				indexes = append(indexes, tlog.StoredHashIndex(0, i))
			}
			part, err := hashes.ReadHashes(indexes)
			must(err)
			want = append(want, part...)
		}
	}
	folder(dir).entries(tree, func(index int64, leaf []byte) {
		if tlog.RecordHash(leaf) != want[index] {
			bad("entry %d is not what its tile says", index)
		}
		if index%37 == 0 { // proofs of its own making
			proof, err := tlog.ProveRecord(tree.N, index, hashes)
			must(err)
			must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, want[index]))
		}
	})
	for _, path := range older {
		raw, err := os.ReadFile(path)
		must(err)
		old := openHead(raw, vkey)
		if old.N == 0 {
			continue // every tree continues the empty one
		}
		proof, err := tlog.ProveTree(tree.N, old.N, hashes)
		must(err)
		must(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash))
	}
	fmt.Printf("verified by golang.org/x/mod: size %d, root %v\n", tree.N, tree.Hash)
}

func verifyReceipt(vkey, path string) {
	raw, err := os.ReadFile(path)
	must(err)
	at := strings.Index(string(raw), "\n\n")
	if at < 0 {
		bad("no checkpoint in the proof")
	}
	lines := strings.Split(string(raw[:at]), "\n")
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" ||
		!strings.HasPrefix(lines[1], "extra ") || !strings.HasPrefix(lines[2], "index ") {
		bad("no tlog-proof with an entry")
	}
	extra, err := base64.StdEncoding.Strict().DecodeString(lines[1][6:])
	must(err)
	if len(extra) < 2 || len(extra) < 2+int(binary.BigEndian.Uint16(extra)) {
		bad("the entry is cut short")
	}
	leaf := extra[2 : 2+int(binary.BigEndian.Uint16(extra))]
	index, err := strconv.ParseInt(lines[2][6:], 10, 64)
	must(err)
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		h, err := tlog.ParseHash(line)
		must(err)
		proof = append(proof, h)
	}
	tree := openHead(raw[at+2:], vkey)
	must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf)))
	fmt.Printf("verified by golang.org/x/mod: entry %d of %d\n", index, tree.N)
}

func main() {
	switch {
	case len(os.Args) >= 4 && os.Args[2] == "tiles":
		verifyTiles(os.Args[1], os.Args[3], os.Args[4:])
	case len(os.Args) == 4 && os.Args[2] == "receipt":
		verifyReceipt(os.Args[1], os.Args[3])
	default:
		fmt.Fprintln(os.Stderr, "usage: verify VKEY tiles DIR [CHECKPOINT...] | receipt FILE")
		os.Exit(2)
	}
}
