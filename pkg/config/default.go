package config

import "time"

// Default returns the configuration of an empty file: a service that only
// this machine can reach, with nobody answering for it yet.
func Default() Config {
	return Config{
		Server: Server{
			Listen:         "127.0.0.1:8080",
			BaseURL:        "http://127.0.0.1:8080",
			TrustedProxies: []string{},
			RequestTimeout: Duration{15 * time.Second},
			ReadTimeout:    Duration{10 * time.Second},
			MaxBodyBytes:   64 * KiB,
			Concurrency:    4096,
		},
		Data: Data{Dir: "/var/lib/selvhjelp", RuntimeDir: "/run/selvhjelp", MaxBytes: 8 * GiB},
		Keys: Keys{
			RootKeyFile:  "/etc/selvhjelp/root.key",
			SealKeysFile: "/var/lib/selvhjelp-keys/seal.keys",
		},
		Content:   Content{AcceptLicences: []string{}},
		Addresses: Addresses{Officers: []string{}},
		Service: Service{
			Name:            "selvhjelp",
			TimeZone:        "Europe/Oslo",
			DefaultLanguage: "nb",
			UnusedCodesDays: 365,
		},
		Mail: Mail{Port: 587, TLS: "starttls"},
		Payment: Payment{
			IssuerKeysFile: "/var/lib/selvhjelp-keys/issuer.keys",
			RefundKeysFile: "/var/lib/selvhjelp-keys/refund.keys",
			TermsVersion:   "2026-11-21",
		},
		Crisis: crisis(),
		Policy: Policy{PrivacyVersion: "2026-11-21"},
	}
}

// crisis returns Norwegian numbers, all of them answered round the clock.
func crisis() []Crisis {
	return []Crisis{
		number("113",
			Text{"Medisinsk nødtelefon", "Medisinsk naudtelefon", "Medical emergency"},
			Text{
				"Ring når det er fare for liv eller alvorlig skade.",
				"Ring når det er fare for liv eller alvorleg skade.",
				"Call when life is in danger or someone may be seriously hurt.",
			}),
		number("116 117",
			Text{"Legevakt", "Legevakt", "Out-of-hours doctor"},
			Text{
				"Ring når du trenger lege raskt og fastlegen ikke er tilgjengelig.",
				"Ring når du treng lege raskt og fastlegen ikkje er tilgjengeleg.",
				"Call when you need a doctor soon and your own cannot be reached.",
			}),
		number("116 123",
			Text{"Mental Helse Hjelpetelefonen", "Mental Helse Hjelpetelefonen", "Mental Helse helpline"},
			Text{
				"Ring når du trenger noen å snakke med. Du kan være anonym.",
				"Ring når du treng nokon å snakke med. Du kan vere anonym.",
				"Call when you need someone to talk to. You can be anonymous.",
			}),
		number("22 40 00 40",
			Text{"Kirkens SOS", "Kirkens SOS", "Kirkens SOS crisis line"},
			Text{
				"Ring når livet er vanskelig eller du tenker på selvmord. Du kan være anonym.",
				"Ring når livet er vanskeleg eller du tenkjer på sjølvmord. Du kan vere anonym.",
				"Call when life is hard or you think of suicide. You can be anonymous.",
			}),
		number("116 111",
			Text{"Alarmtelefonen for barn og unge", "Alarmtelefonen for barn og unge", "Emergency line for children and young people"},
			Text{
				"Ring når du er under 18 år og ikke har det trygt, eller er bekymret for et barn.",
				"Ring når du er under 18 år og ikkje har det trygt, eller er uroleg for eit barn.",
				"Call when you are under 18 and not safe, or are worried about a child.",
			}),
	}
}

func number(digits string, name, what Text) Crisis {
	return Crisis{
		Number:      digits,
		Name:        name,
		What:        what,
		When:        Text{"Hele døgnet", "Heile døgnet", "Day and night"},
		LastChecked: "2026-11-01",
	}
}
