;;; emacs.el --- A session of Emacs's eglot with the server  -*- lexical-binding: t -*-
;; It is set up by editors/emacs/seclang.el. WAFCHECK is the program, EDITORS the folder of
;; configurations, SESSION the file that gets what was seen.
(let ((default-directory "/usr/share/emacs/site-lisp/elpa/"))
  (when (file-directory-p default-directory)
    (normal-top-level-add-subdirs-to-load-path)))
(require 'eglot)
(require 'flymake)

(load (expand-file-name "emacs/seclang.el" (getenv "EDITORS")))
(setq seclang-server (list (getenv "WAFCHECK") "lsp")
      eglot-sync-connect 10
      eglot-confirm-server-initiated-edits nil
      eglot-send-changes-idle-time 0
      project-find-functions (list (lambda (folder) (cons 'transient folder))))

(defvar seen nil "Lines that were seen, the last one first.")
(defun see (form &rest arguments)
  (push (apply #'format form arguments) seen))

(defun wait-for (holds)
  "Wait until HOLDS is true, ten seconds at most."
  (let ((end (+ (float-time) 10)) (value nil))
    (while (and (not (setq value (funcall holds))) (< (float-time) end))
      (accept-process-output nil 0.05))
    value))

(defun line (number)
  (save-excursion
    (goto-char (point-min))
    (forward-line (1- number))
    (buffer-substring-no-properties (line-beginning-position) (line-end-position))))

(defun stand (number text)
  "Go to where TEXT begins in a line; to its end without TEXT."
  (goto-char (point-min))
  (forward-line (1- number))
  (if text
      (progn (search-forward text) (goto-char (match-beginning 0)))
    (end-of-line)))

(defun ask (method &optional more)
  (jsonrpc-request (eglot-current-server) method
                   (append (eglot--TextDocumentPositionParams) more)))

(defun findings ()
  "The findings of the buffer, by place."
  (sort (flymake-diagnostics)
        (lambda (a b) (< (flymake-diagnostic-beg a) (flymake-diagnostic-beg b)))))

(defun session ()
  (find-file "coraza-site.conf")
  (apply #'eglot (eglot--guess-contact))
  (flymake-start)
  (wait-for (lambda () (cdr (flymake-diagnostics))))
  (dolist (each (findings))
    (let ((data (alist-get 'eglot-lsp-diag (flymake-diagnostic-data each))))
      (when (eql (plist-get data :severity) 1)
        (save-excursion
          (goto-char (flymake-diagnostic-beg each))
          (see "finding %s at %d:%d" (plist-get data :code) (line-number-at-pos)
               (1+ (- (point) (line-beginning-position))))))))
  (stand 2 "deny")
  (see "hover: %s" (car (split-string
                         (plist-get (plist-get (ask :textDocument/hover) :contents) :value) "\n")))
  (stand 4 nil)
  (let* ((capf (eglot-completion-at-point))
         (start (nth 0 capf)))
    (dolist (each (all-completions (buffer-substring-no-properties start (point)) (nth 2 capf)))
      (see "completion: %s" (substring-no-properties each))))
  ;; The line that cannot be read has done its work.
  (goto-char (point-min))
  (forward-line 3)
  (delete-region (point) (point-max))
  (eglot--signal-textDocument/didChange)
  (stand 2 "ARGZ")
  (dolist (action (append (jsonrpc-request
                           (eglot-current-server) :textDocument/codeAction
                           (list :textDocument (eglot--TextDocumentIdentifier)
                                 :range (list :start (eglot--pos-to-lsp-position)
                                              :end (eglot--pos-to-lsp-position))
                                 :context (list :diagnostics [])))
                          nil))
    (when (equal (plist-get action :title) "write ARGS")
      (eglot--apply-workspace-edit (plist-get action :edit))
      (see "action: %s" (line 2))))
  (eglot--signal-textDocument/didChange)
  (stand 2 "100")
  (eglot-rename "200")
  (see "rename: %s" (line 2))
  (see "rename: %s" (line 3))
  (eglot--signal-textDocument/didChange)
  (eglot-format-buffer)
  (see "format: %s" (line 3))
  (set-buffer-modified-p nil)
  (eglot-shutdown (eglot-current-server)))

(condition-case fault (session) (error (see "error: %S" fault)))
(write-region (concat (mapconcat #'identity (reverse seen) "\n") "\n") nil (getenv "SESSION"))
(kill-emacs 0)
