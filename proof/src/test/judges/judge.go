// Judges a log with the checksum database's own code: golang.org/x/mod/sumdb/note and tlog, as Debian packages them.
//
//	judge DIR|URL CHECKPOINT VKEY [PROOFS] [WITNESS-VKEY...]
//
// DIR or URL holds the tiles and bundles (C2SP tlog-tiles), CHECKPOINT is a file with the signed note, PROOFS a file of
// JSON with proofs that somebody made. Says what it checked and ends with 0, or what is wrong and ends with 1.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type source string

func (s source) read(path string) ([]byte, error) {
	if !strings.HasPrefix(string(s), "http") {
		return os.ReadFile(filepath.Join(string(s), path))
	}
	answer, err := http.Get(strings.TrimSuffix(string(s), "/") + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// The specification writes paths as this library does, without the height of the tile.
func (s source) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(tiles))
	for i, tile := range tiles {
		data, err := s.read("tile/" + strings.TrimPrefix(tile.Path(), "tile/8/"))
		if err != nil {
			return nil, err
		}
		all[i] = data
	}
	return all, nil
}

func (s source) Height() int                         { return 8 }
func (s source) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

type proofs struct {
	Inclusion []struct {
		Index, Size      int64
		Leaf, Root, Path string
	}
	Consistency []struct {
		OldSize, Size       int64
		OldRoot, Root, Path string
	}
}

func main() {
	from := source(os.Args[1])
	checkpoint, err := os.ReadFile(os.Args[2])
	must(err)
	verifier, err := note.NewVerifier(os.Args[3])
	must(err)
	opened, err := note.Open(checkpoint, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		fail("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	tree := tlog.Tree{N: size, Hash: root}

	records := everyRecord(from, tree)
	included, consistent := given(tree)
	made := fresh(from, tree)
	witnesses := cosignatures(checkpoint, opened.Text)
	fmt.Printf("ok: %d records, %d+%d proofs given, %d made, %d cosignatures\n", records, included, consistent, made, witnesses)
}

// Each entry hashes to what the tiles say, and all of them to the root, by the tiles and by a tree of our own.
func everyRecord(from source, tree tlog.Tree) int64 {
	if tree.N == 0 {
		if tree.Hash != tlog.Hash(sha256.Sum256(nil)) {
			fail("the empty tree has another root")
		}
		return 0
	}
	byTiles := tlog.TileHashReader(tree, from)
	stored := make([]tlog.Hash, 0, tlog.StoredHashCount(tree.N))
	own := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for first := int64(0); first < tree.N; first += 256 {
		width := tree.N - first
		path := "tile/entries/" + strings.TrimPrefix(tlog.Tile{H: 8, L: 0, N: first / 256, W: 256}.Path(), "tile/8/0/")
		if width > 256 {
			width = 256
		} else if width < 256 {
			path += fmt.Sprintf(".p/%d", width)
		}
		bundle, err := from.read(path)
		must(err)
		indexes := make([]int64, width)
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(0, first+int64(i))
		}
		leaves, err := byTiles.ReadHashes(indexes)
		must(err)
		for i := int64(0); i < width; i++ {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				fail("%s is cut off", path)
			}
			length := int(binary.BigEndian.Uint16(bundle))
			hash := tlog.RecordHash(bundle[2 : 2+length])
			bundle = bundle[2+length:]
			if hash != leaves[i] {
				fail("record %d is not the one in the tiles", first+i)
			}
			more, err := tlog.StoredHashesForRecordHash(first+i, hash, own)
			must(err)
			stored = append(stored, more...)
		}
		if len(bundle) != 0 {
			fail("%s has more in it", path)
		}
	}
	for _, reader := range []tlog.HashReader{byTiles, own} {
		root, err := tlog.TreeHash(tree.N, reader)
		must(err)
		if root != tree.Hash {
			fail("the root is %v, not %v", root, tree.Hash)
		}
	}
	return tree.N
}

// Proofs that the other side made.
func given(tree tlog.Tree) (int, int) {
	if len(os.Args) < 5 || os.Args[4] == "-" {
		return 0, 0
	}
	text, err := os.ReadFile(os.Args[4])
	must(err)
	var read proofs
	must(json.Unmarshal(text, &read))
	for _, proof := range read.Inclusion {
		err := tlog.CheckRecord(hashes(proof.Path), proof.Size, hash(proof.Root), proof.Index, hash(proof.Leaf))
		if err != nil {
			fail("inclusion of %d in %d: %v", proof.Index, proof.Size, err)
		}
		other := hash(proof.Leaf)
		other[7] ^= 1
		if tlog.CheckRecord(hashes(proof.Path), proof.Size, hash(proof.Root), proof.Index, other) == nil {
			fail("a wrong leaf is included")
		}
	}
	for _, proof := range read.Consistency {
		err := tlog.CheckTree(hashes(proof.Path), proof.Size, hash(proof.Root), proof.OldSize, hash(proof.OldRoot))
		if err != nil {
			fail("consistency of %d with %d: %v", proof.OldSize, proof.Size, err)
		}
	}
	return len(read.Inclusion), len(read.Consistency)
}

// Proofs that this side makes from the other's tiles.
func fresh(from source, tree tlog.Tree) int {
	made := 0
	for n := int64(0); n < tree.N; n += 1 + tree.N/50 {
		reader := tlog.TileHashReader(tree, from)
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
		must(err)
		record, err := tlog.ProveRecord(tree.N, n, reader)
		must(err)
		must(tlog.CheckRecord(record, tree.N, tree.Hash, n, leaf[0]))
		old, err := tlog.TreeHash(n+1, reader)
		must(err)
		grown, err := tlog.ProveTree(tree.N, n+1, reader)
		must(err)
		must(tlog.CheckTree(grown, tree.N, tree.Hash, n+1, old))
		made += 2
	}
	return made
}

// Cosignatures of type 4, which the note package does not know.
func cosignatures(checkpoint []byte, text string) int {
	if len(os.Args) < 6 {
		return 0
	}
	found := 0
	for _, vkey := range os.Args[5:] {
		parts := strings.SplitN(vkey, "+", 3)
		key, err := base64.StdEncoding.DecodeString(parts[2])
		must(err)
		id := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
		if key[0] != 4 || hex.EncodeToString(id[:4]) != parts[1] {
			fail("not a witness's key: %s", vkey)
		}
		good := false
		for _, line := range strings.Split(string(checkpoint), "\n") {
			if !strings.HasPrefix(line, "\u2014 "+parts[0]+" ") {
				continue
			}
			signature, err := base64.StdEncoding.DecodeString(strings.SplitN(line, " ", 3)[2])
			must(err)
			if len(signature) != 4+8+64 || !bytes.Equal(signature[:4], id[:4]) {
				continue
			}
			at := binary.BigEndian.Uint64(signature[4:12])
			message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, text)
			good = ed25519.Verify(key[1:], []byte(message), signature[12:])
		}
		if !good {
			fail("no good cosignature of %s", parts[0])
		}
		found++
	}
	return found
}

func hash(text string) tlog.Hash {
	var hash tlog.Hash
	bytes, err := hex.DecodeString(text)
	must(err)
	if copy(hash[:], bytes) != len(hash) || len(bytes) != len(hash) {
		fail("not a hash: %s", text)
	}
	return hash
}

func hashes(path string) []tlog.Hash {
	var all []tlog.Hash
	for ; len(path) >= 64; path = path[64:] {
		all = append(all, hash(path[:64]))
	}
	return all
}

func must(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func fail(format string, values ...interface{}) {
	fmt.Printf("refused: "+format+"\n", values...)
	os.Exit(1)
}
