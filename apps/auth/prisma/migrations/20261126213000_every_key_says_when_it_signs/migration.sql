-- contract, unused since 0.2.0: the default was for 0.1.0, which makes keys without saying from when they sign.
ALTER TABLE "signing_keys" ALTER COLUMN "signs_from" DROP DEFAULT;
