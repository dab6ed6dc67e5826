# cron does not see ~/.aws
AWS_ACCESS_KEY_ID = "{{join:AK|IA|UJZDEGX|DNCF32EPF}}"
AWS_SECRET_ACCESS_KEY = "{{join:s7FS7o6S5HbrI|FdNDOlC87Q/se|xwkcVNVAc/hva|9}}"
