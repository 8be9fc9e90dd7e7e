;;; seclang.el --- Rules of ModSecurity and Coraza  -*- lexical-binding: t -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1") (eglot "1.9"))
;; Keywords: languages

;;; Commentary:

;; A mode for SecLang, and the language server of wafcheck for eglot:
;;
;;   (require 'seclang)
;;   (add-hook 'seclang-mode-hook #'eglot-ensure)

;;; Code:

(require 'eglot)

(defgroup seclang nil "Rules of ModSecurity and Coraza." :group 'languages)

(defcustom seclang-server '("wafcheck" "lsp")
  "The command of the language server."
  :type '(repeat string))

(defvar seclang-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?\\ "\\" table)
    ;; @beginsWith is one word.
    (modify-syntax-entry ?@ "_" table)
    (modify-syntax-entry ?_ "_" table)
    table))

(defvar seclang-font-lock-keywords
  '(("^\\s-*\\(\\(?:Sec[A-Z][A-Za-z]*\\|Include\\(?:Optional\\)?\\)\\)\\_>" 1 font-lock-keyword-face)
    ("@[A-Za-z0-9]+" 0 font-lock-builtin-face t)
    ("%{[^}\n]*}" 0 font-lock-variable-name-face t)
    ("\\_<\\([a-zA-Z]+\\):" 1 font-lock-property-face t)
    ("\\_<[A-Z][A-Z_]+\\_>" 0 font-lock-variable-name-face))
  "What is coloured where there are no semantic tokens.")

(defface seclang-property '((t :inherit font-lock-type-face)) "Actions of rules.")
(defvar font-lock-property-face 'seclang-property)

;;;###autoload
(define-derived-mode seclang-mode prog-mode "SecLang"
  "Rules of ModSecurity and Coraza."
  (setq-local comment-start "# ")
  (setq-local comment-start-skip "#+\\s-*")
  (setq-local font-lock-defaults '(seclang-font-lock-keywords)))

;;;###autoload
(dolist (pattern '("\\.seclang\\'" "/\\(?:REQUEST\\|RESPONSE\\)-[^/]*\\.conf\\(?:\\.example\\)?\\'"
                   "/crs-setup\\.conf\\(?:\\.example\\)?\\'"
                   "/\\(?:modsecurity\\|coraza\\)[^/]*\\.conf\\'"))
  (add-to-list 'auto-mode-alist (cons pattern 'seclang-mode)))

(add-to-list 'eglot-server-programs
             (cons 'seclang-mode (lambda (&rest _) seclang-server)))

(provide 'seclang)
;;; seclang.el ends here
