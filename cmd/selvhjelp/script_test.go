package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// aged is the file of the seal keys with a day long ago.
func aged(raw []byte) []byte {
	return regexp.MustCompile(`(?m)^1 [0-9-]+ `).ReplaceAll(raw, []byte("1 2026-01-01 "))
}

// sells appends a product to a configuration.
func sells(ts *testscript.TestScript, _ bool, args []string) {
	var text strings.Builder
	text.WriteString(fmt.Sprintf("[payment]\nissuer_keys_file = %q\nrefund_keys_file = %q\nsecret_key_file = %q\nwebhook_secret_file = %q\napi_base = %q\n",
		ts.MkAbs("keys/issuer.keys"), ts.MkAbs("keys/refund.keys"), ts.MkAbs("keys/stripe.key"), ts.MkAbs("keys/webhook.secret"), nobody))
	text.WriteString("[[payment.product]]\nid = \"access\"\nprice = 49000\ncurrency = \"nok\"\n")
	for _, lang := range []string{"nb", "nn", "en"} {
		text.WriteString(fmt.Sprintf("name.%s = \"Tilgang\"\nabout.%s = \"En kode.\"\n", lang, lang))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ts.ReadFile(args[0])+text.String()), 0o600))
	for _, name := range []string{"keys/stripe.key", "keys/webhook.secret"} {
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(rand.Text()+"\n"), 0o600))
	}
}

// certify makes tls.crt and tls.key, and tls.toml out of config.toml.
func certify(ts *testscript.TestScript, _ bool, args []string) {
	days, err := strconv.Atoi(args[0])
	ts.Check(err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now, NotAfter: now.AddDate(0, 0, days), DNSNames: []string{"localhost"}}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	ts.Check(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	for file, block := range map[string]*pem.Block{"tls.crt": {Type: "CERTIFICATE", Bytes: certificate}, "tls.key": {Type: "PRIVATE KEY", Bytes: private}} {
		ts.Check(os.WriteFile(ts.MkAbs(file), pem.EncodeToMemory(block), 0o600))
	}
	files := fmt.Sprintf("[server]\ntls_certificate_file = %q\ntls_key_file = %q\n", ts.MkAbs("tls.crt"), ts.MkAbs("tls.key"))
	text := strings.Replace(ts.ReadFile("config.toml"), "[server]\n", files, 1)
	ts.Check(os.WriteFile(ts.MkAbs("tls.toml"), []byte(strings.Replace(text, "http://", "https://", 1)), 0o600))
}
